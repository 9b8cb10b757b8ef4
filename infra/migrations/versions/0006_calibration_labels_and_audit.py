"""Tables of calibration: labels, versions, random audit; what a field was judged by.

Revision: 0006, after 0005.
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

BASIS = ("flags", "field_type", "quality_band", "calibration", "register_value")
SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    with op.batch_alter_table("field_evidence", schema=None) as batch_op:
        for name in BASIS:
            batch_op.add_column(sa.Column(name, sa.Text(), nullable=False, server_default=""))
    op.create_table(
        "calibration",
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("made_at", sa.String(), nullable=False),
        sa.Column("made_by", sa.String(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("label_count", sa.Integer(), nullable=False),
        sa.Column("wrong_count", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("activated_by", sa.Text(), nullable=False),
        sa.Column("activated_at", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("version"),
    )
    op.create_index(
        "ix_calibration_active",
        "calibration",
        ["is_active"],
        unique=True,
        sqlite_where=sa.text("is_active = 1"),
        postgresql_where=sa.text("is_active"),
    )
    op.create_table(
        "field_label",
        sa.Column("label_id", SERIAL, nullable=False),
        sa.Column("dossier_id", sa.String(), nullable=False),
        sa.Column("content_version", sa.Integer(), nullable=False),
        sa.Column("field", sa.String(), nullable=False),
        sa.Column("origin", sa.String(), nullable=False),
        sa.Column("field_type", sa.String(), nullable=False),
        sa.Column("evidence", sa.String(), nullable=False),
        sa.Column("quality_band", sa.String(), nullable=False),
        sa.Column("stated_probability", sa.Float(), nullable=False),
        sa.Column("was_accepted", sa.Boolean(), nullable=False),
        sa.Column("is_wrong", sa.Boolean(), nullable=False),
        sa.Column("calibration", sa.String(), nullable=False),
        sa.Column("labelled_by", sa.String(), nullable=False),
        sa.Column("labelled_at", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("label_id"),
    )
    op.create_index(
        "ix_field_label_once",
        "field_label",
        ["dossier_id", "content_version", "field", "origin"],
        unique=True,
    )
    op.create_table(
        "reading_audit",
        sa.Column("dossier_id", sa.String(), nullable=False),
        sa.Column("content_version", sa.Integer(), nullable=False),
        sa.Column("field", sa.String(), nullable=False),
        sa.Column("audit_id", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("asked_on", sa.Date(), nullable=False),
        sa.Column("answered_by", sa.Text(), nullable=False),
        sa.Column("answered_at", sa.Text(), nullable=False),
        sa.Column("settled_by", sa.Text(), nullable=False),
        sa.Column("settled_at", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("dossier_id", "content_version", "field"),
    )
    op.create_index("ix_reading_audit_id", "reading_audit", ["audit_id"], unique=True)
    op.create_index("ix_reading_audit_state", "reading_audit", ["state", "asked_on", "audit_id"])


def downgrade() -> None:
    for name in ("reading_audit", "field_label", "calibration"):
        op.drop_table(name)
    with op.batch_alter_table("field_evidence", schema=None) as batch_op:
        for name in BASIS:
            batch_op.drop_column(name)
