"""Tables of typing mode: what each of two colleagues typed, with strokes and seconds.

Revision: 0009, after 0008.
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


WAITING = sa.text("state = 'waiting'")


def upgrade() -> None:
    op.create_table(
        "typing_entry",
        sa.Column("entry_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("task_id", sa.String(), nullable=False),
        sa.Column("dossier_id", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("content_version", sa.Integer(), nullable=False),
        sa.Column("pass_no", sa.Integer(), nullable=False),
        sa.Column("typed_by", sa.String(), nullable=False),
        sa.Column("typed_at", sa.String(), nullable=False),
        sa.Column("typed_on", sa.Date(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("field_count", sa.Integer(), nullable=False),
        sa.Column("keystrokes", sa.Integer(), nullable=False),
        sa.Column("seconds", sa.Integer(), nullable=False),
        sa.Column("typed_values", sa.Text(), nullable=False),
        sa.Column("typed_money", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("entry_id"),
        sa.UniqueConstraint("dossier_id", "version", "pass_no"),
    )
    op.create_index("ix_typing_entry_task_id", "typing_entry", ["task_id"])
    op.create_index("ix_typing_entry_dossier_id", "typing_entry", ["dossier_id"])
    op.create_index("ix_typing_entry_typed_on", "typing_entry", ["typed_on"])
    # The queue asks for the tasks that wait for another colleague: few, among all ever typed.
    op.create_index(
        "ix_typing_entry_waiting", "typing_entry", ["task_id"],
        sqlite_where=WAITING, postgresql_where=WAITING,
    )  # fmt: skip


def downgrade() -> None:
    op.drop_table("typing_entry")
