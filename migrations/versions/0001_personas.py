"""Personas with their voices and portraits, what they said, and the files of it all."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

# Spelled out, not imported from `storage.tables`: history must not change when the tables do.
document = sa.JSON().with_variant(JSONB(), "postgresql")
moment = sa.DateTime(timezone=True)
count = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "personas",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("tagline", sa.Text(), nullable=False),
        sa.Column("concept", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=True),
        sa.Column("document", document, nullable=False),
        sa.Column("created_at", moment, nullable=False),
        sa.Column("dismissed_at", moment, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_personas"),
    )
    op.create_index("ix_personas_dismissed_at_id", "personas", ["dismissed_at", "id"])
    op.create_index("ix_personas_slug_id", "personas", ["slug", "id"])
    op.create_table(
        "blobs",
        sa.Column("hash", sa.String(64), nullable=False),
        sa.Column("mime", sa.String(100), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("created_at", moment, nullable=False),
        sa.PrimaryKeyConstraint("hash", name="pk_blobs"),
    )
    op.create_table(
        "voices",
        sa.Column("id", count, nullable=False),
        sa.Column("persona_id", sa.String(36), nullable=False),
        sa.Column("recipe", document, nullable=False),
        sa.Column("created_at", moment, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_voices"),
        _of_persona("voices"),
    )
    op.create_index("ix_voices_persona_id_id", "voices", ["persona_id", "id"])
    op.create_table(
        "portraits",
        sa.Column("id", count, nullable=False),
        sa.Column("persona_id", sa.String(36), nullable=False),
        sa.Column("style", sa.Text(), nullable=False),
        sa.Column("art", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("picture_blob", sa.String(64), nullable=False),
        sa.Column("plate_blob", sa.String(64), nullable=True),
        sa.Column("rig", sa.Text(), nullable=True),
        sa.Column("landmarks", document, nullable=False),
        sa.Column("created_at", moment, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_portraits"),
        _of_persona("portraits"),
        _of_blob("portraits", "picture_blob"),
        _of_blob("portraits", "plate_blob"),
    )
    op.create_index("ix_portraits_persona_id_id", "portraits", ["persona_id", "id"])
    op.create_table(
        "turns",
        sa.Column("id", count, nullable=False),
        sa.Column("persona_id", sa.String(36), nullable=False),
        sa.Column("conversation", sa.Text(), nullable=False),
        sa.Column("speaking", sa.String(16), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("mood", sa.String(16), nullable=True),
        sa.Column("clip_blob", sa.String(64), nullable=True),
        sa.Column("created_at", moment, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_turns"),
        _of_persona("turns"),
        _of_blob("turns", "clip_blob"),
    )
    op.create_index("ix_turns_persona_id_conversation_id", "turns", ["persona_id", "conversation", "id"])


def downgrade() -> None:
    for table in ("turns", "portraits", "voices", "blobs", "personas"):
        op.drop_table(table)


def _of_persona(table: str) -> sa.ForeignKeyConstraint:
    name = f"fk_{table}_persona_id_personas"
    return sa.ForeignKeyConstraint(["persona_id"], ["personas.id"], name=name, ondelete="CASCADE")


def _of_blob(table: str, column: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], ["blobs.hash"], name=f"fk_{table}_{column}_blobs")
