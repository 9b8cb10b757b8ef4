"""Tables of the desk page, and the indexes that keep its lists quick.

Revision: 0005, after 0004.
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

OPEN = sa.text("state = 'open'")
#: The orders of the desk's list, over the open tasks alone.
ORDERS = {
    "ix_open_task_age": ["due_on", "opened_on", "task_id"],
    "ix_open_task_amount": ["amount_minor", "task_id"],
    "ix_open_task_reason": ["kind", "reasons", "due_on", "task_id"],
    "ix_open_task_kind": ["kind", "due_on", "opened_on", "task_id"],
}
CINS = ("insured_cin", "beneficiary_cin")


def upgrade() -> None:
    op.create_table(
        "desk_account",
        sa.Column("login", sa.String(), nullable=False),
        sa.Column("shown_name", sa.String(), nullable=False),
        sa.Column("roles", sa.String(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("created_by", sa.String(), nullable=False),
        sa.Column("created_at", sa.String(), nullable=False),
        sa.Column("changed_at", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("login"),
    )
    op.create_table(
        "desk_session",
        sa.Column("token_sha256", sa.String(), nullable=False),
        sa.Column("login", sa.String(), nullable=False),
        sa.Column("csrf_token", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("started_at", sa.String(), nullable=False),
        sa.Column("seen_at", sa.String(), nullable=False),
        sa.Column("idle_until", sa.String(), nullable=False),
        sa.Column("ends_at", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("token_sha256"),
    )
    op.create_index("ix_desk_session_login", "desk_session", ["login"])
    op.create_index("ix_desk_session_idle_until", "desk_session", ["idle_until"])
    op.create_table(
        "desk_attempt",
        sa.Column(
            "attempt_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("login_sha256", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("happened_at", sa.String(), nullable=False),
        sa.Column("is_success", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("attempt_id"),
    )
    op.create_index("ix_desk_attempt_login", "desk_attempt", ["login_sha256", "happened_at"])
    op.create_index("ix_desk_attempt_address", "desk_attempt", ["address", "happened_at"])
    op.create_table(
        "desk_lease",
        sa.Column("dossier_id", sa.String(), nullable=False),
        sa.Column("login", sa.String(), nullable=False),
        sa.Column("taken_at", sa.String(), nullable=False),
        sa.Column("expires_at", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("dossier_id"),
    )
    op.create_index("ix_desk_lease_login", "desk_lease", ["login"])
    op.create_table(
        "desk_hand_over",
        sa.Column("task_id", sa.String(), nullable=False),
        sa.Column("to_login", sa.Text(), nullable=False),
        sa.Column("to_role", sa.Text(), nullable=False),
        sa.Column("given_by", sa.String(), nullable=False),
        sa.Column("given_at", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("task_id"),
    )
    op.create_index("ix_desk_hand_over_to_login", "desk_hand_over", ["to_login"])
    op.create_index("ix_desk_hand_over_to_role", "desk_hand_over", ["to_role"])

    with op.batch_alter_table("review_task", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("amount_minor", sa.BigInteger(), nullable=False, server_default="0")
        )
    op.execute(
        "UPDATE review_task SET amount_minor = COALESCE((SELECT p.due_minor FROM priced_dossier p "
        "WHERE p.dossier_id = review_task.dossier_id AND p.version = review_task.version), 0) "
        "WHERE state = 'open'"
    )
    for name, columns in ORDERS.items():
        op.create_index(name, "review_task", columns, sqlite_where=OPEN, postgresql_where=OPEN)
    op.create_index("ix_task_decided", "review_task", ["decided_at"])
    for name in CINS:
        op.create_index(f"ix_extracted_dossier_{name}", "extracted_dossier", [name])


def downgrade() -> None:
    for name in CINS:
        op.drop_index(f"ix_extracted_dossier_{name}", "extracted_dossier")
    op.drop_index("ix_task_decided", "review_task")
    for name in ORDERS:
        op.drop_index(name, "review_task")
    with op.batch_alter_table("review_task", schema=None) as batch_op:
        batch_op.drop_column("amount_minor")
    for name in ("desk_hand_over", "desk_lease", "desk_attempt", "desk_session", "desk_account"):
        op.drop_table(name)
