"""Places, people, company, residents, messages and scenes; whom a persona is visible to; the language of a request."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

document = sa.JSON().with_variant(JSONB(), "postgresql")
moment = sa.DateTime(timezone=True)
count = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

COMPANY = """
INSERT INTO company (conversation, persona_id, last_at)
SELECT conversation, persona_id, max(created_at) FROM requests WHERE persona_id IS NOT NULL
GROUP BY conversation, persona_id
"""
PLACE = """
UPDATE personas SET place = (
  SELECT place FROM requests WHERE persona_id = personas.id AND kind IN ('summon', 'retry') ORDER BY id LIMIT 1)
"""


def upgrade() -> None:
    op.add_column("personas", sa.Column("place", sa.Text(), nullable=True))
    op.add_column("personas", sa.Column("shared", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("personas", sa.Column("answer", sa.String(16), nullable=True))
    op.create_index("ix_personas_owner_id", "personas", ["owner", "id"])
    op.create_index("ix_personas_place_id", "personas", ["place", "id"])
    for table in ("usages", "requests"):
        op.create_index(f"ix_{table}_persona_id", table, ["persona_id"])
    op.add_column("requests", sa.Column("language", sa.String(16), nullable=True))
    for table in ("places", "people"):
        op.create_table(
            table,
            sa.Column("key", sa.Text(), nullable=False),
            sa.Column("document", document, nullable=False),
            sa.Column("updated_at", moment, nullable=False),
            sa.PrimaryKeyConstraint("key", name=f"pk_{table}"),
        )
    op.create_table(
        "company",
        sa.Column("conversation", sa.Text(), nullable=False),
        sa.Column("persona_id", sa.String(36), nullable=False),
        sa.Column("last_at", moment, nullable=False),
        _of_persona("company"),
        sa.PrimaryKeyConstraint("conversation", "persona_id", name="pk_company"),
    )
    op.create_index("ix_company_conversation_last_at", "company", ["conversation", "last_at"])
    op.create_index("ix_company_persona_id", "company", ["persona_id"])
    op.create_table(
        "residents",
        sa.Column("conversation", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("persona_id", sa.String(36), nullable=False),
        sa.Column("settled_by", sa.Text(), nullable=False),
        sa.Column("created_at", moment, nullable=False),
        _of_persona("residents"),
        sa.PrimaryKeyConstraint("conversation", name="pk_residents"),
    )
    op.create_index("ix_residents_place", "residents", ["place"])
    op.create_table(
        "messages",
        sa.Column("conversation", sa.Text(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("persona_id", sa.String(36), nullable=False),
        sa.Column("created_at", moment, nullable=False),
        _of_persona("messages"),
        sa.PrimaryKeyConstraint("conversation", "message", name="pk_messages"),
    )
    op.create_index("ix_messages_persona_id", "messages", ["persona_id"])
    _scenes()
    op.execute(COMPANY)
    op.execute(PLACE)


def _scenes() -> None:
    op.create_table(
        "scenes",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("platform", sa.String(32), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("conversation", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("mode", sa.String(16), nullable=False),
        sa.Column("document", document, nullable=False),
        sa.Column("due", sa.BigInteger(), nullable=True),
        sa.Column("speaking", sa.Text(), nullable=True),
        sa.Column("not_before", moment, nullable=True),
        sa.Column("paused_at", moment, nullable=True),
        sa.Column("ended_at", moment, nullable=True),
        sa.Column("created_at", moment, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_scenes"),
    )
    going = sa.text("ended_at IS NULL")
    op.create_index(
        "uq_scenes_conversation", "scenes", ["conversation"], unique=True, sqlite_where=going, postgresql_where=going
    )
    op.create_index("ix_scenes_due", "scenes", ["due"])
    op.create_index("ix_scenes_place", "scenes", ["place"])
    op.create_table(
        "scene_members",
        sa.Column("id", count, nullable=False),
        sa.Column("scene_id", sa.String(36), nullable=False),
        sa.Column("persona_id", sa.String(36), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=True),
        _of_scene("scene_members"),
        _of_persona("scene_members"),
        sa.PrimaryKeyConstraint("id", name="pk_scene_members"),
    )
    op.create_index("ix_scene_members_persona_id", "scene_members", ["persona_id"])
    op.create_index("ix_scene_members_scene_id_id", "scene_members", ["scene_id", "id"])
    op.create_table(
        "scene_lines",
        sa.Column("id", count, nullable=False),
        sa.Column("scene_id", sa.String(36), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("persona_id", sa.String(36), nullable=True),
        sa.Column("person", sa.Text(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("mood", sa.String(16), nullable=True),
        sa.Column("clip_blob", sa.String(64), nullable=True),
        sa.Column("addressed", sa.String(36), nullable=True),
        sa.Column("update_key", sa.Text(), nullable=False),
        sa.Column("created_at", moment, nullable=False),
        _of_scene("scene_lines"),
        sa.ForeignKeyConstraint(
            ["persona_id"], ["personas.id"], name="fk_scene_lines_persona_id_personas", ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["clip_blob"], ["blobs.hash"], name="fk_scene_lines_clip_blob_blobs"),
        sa.PrimaryKeyConstraint("id", name="pk_scene_lines"),
        sa.UniqueConstraint("update_key", name="uq_scene_lines_update_key"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_scene_lines_person", "scene_lines", ["person"])
    op.create_index("ix_scene_lines_persona_id", "scene_lines", ["persona_id"])
    op.create_index("ix_scene_lines_scene_id_id", "scene_lines", ["scene_id", "id"])


def downgrade() -> None:
    for table in ("scene_lines", "scene_members", "scenes", "messages", "residents", "company", "people", "places"):
        op.drop_table(table)
    for table in ("usages", "requests"):
        op.drop_index(f"ix_{table}_persona_id", table)
    for index in ("ix_personas_owner_id", "ix_personas_place_id"):
        op.drop_index(index, "personas")
    op.drop_column("requests", "language")
    for column in ("answer", "shared", "place"):
        op.drop_column("personas", column)


def _of_persona(table: str) -> sa.ForeignKeyConstraint:
    name = f"fk_{table}_persona_id_personas"
    return sa.ForeignKeyConstraint(["persona_id"], ["personas.id"], name=name, ondelete="CASCADE")


def _of_scene(table: str) -> sa.ForeignKeyConstraint:
    name = f"fk_{table}_scene_id_scenes"
    return sa.ForeignKeyConstraint(["scene_id"], ["scenes.id"], name=name, ondelete="CASCADE")
