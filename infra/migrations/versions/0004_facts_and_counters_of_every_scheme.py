"""Facts that schemes ask for, shares of funds, and the rank by which counters are used up.

Revision: 0004, after 0003.
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

#: Text columns added to tables that may already hold rows; those say nothing of them.
ADDED = (
    ("extracted_dossier", "facts"),
    ("extracted_line", "facts"),
    ("validated_dossier", "facts"),
    ("priced_line", "shares"),
    ("counter_use", "rank"),
)


def upgrade() -> None:
    for table, column in ADDED:
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.add_column(sa.Column(column, sa.Text(), nullable=False, server_default=""))

    op.create_table(
        "register_fact",
        sa.Column("row_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("subject_id", sa.String(), nullable=False),
        sa.Column("scheme", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("known_from", sa.Date(), nullable=False),
        sa.Column("known_to", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("row_id"),
    )
    with op.batch_alter_table("register_fact", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_register_fact_subject_id"), ["subject_id"], unique=False
        )


def downgrade() -> None:
    op.drop_table("register_fact")
    for table, column in ADDED:
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.drop_column(column)
