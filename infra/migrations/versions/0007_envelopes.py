"""Tables of envelopes, bordereaux and boxes; the pages of a file that are a dossier's.

Revision: 0007, after 0006.
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

INDEXES = (
    ("envelope", "sha256"),
    ("envelope", "arrived_on"),
    ("envelope", "box_id"),
    ("envelope_part", "dossier_id"),
    ("envelope_part", "bordereau_id"),
    ("bordereau", "state"),
    ("box", "state"),
)
TABLES = ("box", "bordereau", "envelope_part", "envelope")


def upgrade() -> None:
    op.create_table(
        "envelope",
        sa.Column("envelope_id", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("arrived_on", sa.Date(), nullable=False),
        sa.Column("agency", sa.String(), nullable=False),
        sa.Column("page_count", sa.Integer(), nullable=False),
        sa.Column("sheet_count", sa.Integer(), nullable=False),
        sa.Column("box_id", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("envelope_id"),
    )
    op.create_table(
        "envelope_part",
        sa.Column("envelope_id", sa.String(), nullable=False),
        sa.Column("part", sa.Integer(), nullable=False),
        sa.Column("dossier_id", sa.String(), nullable=False),
        sa.Column("first_page", sa.Integer(), nullable=False),
        sa.Column("last_page", sa.Integer(), nullable=False),
        sa.Column("bordereau_id", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("envelope_id", "part"),
    )
    op.create_table(
        "bordereau",
        sa.Column("bordereau_id", sa.String(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("agency", sa.String(), nullable=False),
        sa.Column("arrived_on", sa.Date(), nullable=False),
        sa.Column("stated_count", sa.Integer(), nullable=False),
        sa.Column("counted", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("settled_by", sa.Text(), nullable=False),
        sa.Column("settled_at", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("bordereau_id"),
    )
    op.create_table(
        "box",
        sa.Column("box_id", sa.String(), nullable=False),
        sa.Column("opened_on", sa.Date(), nullable=False),
        sa.Column("rule", sa.String(), nullable=False),
        sa.Column("destroy_on", sa.Date(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("destroyed_on", sa.Date(), nullable=True),
        sa.Column("destroyed_by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("box_id"),
    )
    for table, column in INDEXES:
        op.create_index(f"ix_{table}_{column}", table, [column])
    with op.batch_alter_table("dossier_file", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("first_page", sa.Integer(), nullable=False, server_default="1")
        )
        batch_op.add_column(
            sa.Column("last_page", sa.Integer(), nullable=False, server_default="0")
        )
    op.execute("UPDATE dossier_file SET last_page = page_count")


def downgrade() -> None:
    with op.batch_alter_table("dossier_file", schema=None) as batch_op:
        batch_op.drop_column("last_page")
        batch_op.drop_column("first_page")
    for name in TABLES:
        op.drop_table(name)
