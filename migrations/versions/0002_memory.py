"""Who said a turn, what conversations came to, what personas know about people, and what the minds used."""

from contextlib import AbstractContextManager

import sqlalchemy as sa
from alembic import op
from alembic.operations.base import BatchOperations

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

moment = sa.DateTime(timezone=True)
count = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    with _altered_turns(sqlite_autoincrement=True) as turns:
        turns.add_column(sa.Column("speaker", sa.Text(), nullable=True))
        turns.add_column(sa.Column("person", sa.Text(), nullable=True))
    op.create_index("ix_turns_person_id", "turns", ["person", "id"])
    op.create_table(
        "summaries",
        sa.Column("id", count, nullable=False),
        sa.Column("persona_id", sa.String(36), nullable=False),
        sa.Column("conversation", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("through", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", moment, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_summaries"),
        _of_persona("summaries", "CASCADE"),
        sa.UniqueConstraint("persona_id", "conversation", name="uq_summaries_persona_id_conversation"),
    )
    op.create_table(
        "facts",
        sa.Column("id", count, nullable=False),
        sa.Column("persona_id", sa.String(36), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("vector", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", moment, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_facts"),
        _of_persona("facts", "CASCADE"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_facts_persona_id_person_kind", "facts", ["persona_id", "person", "kind"])
    op.create_table(
        "usages",
        sa.Column("id", count, nullable=False),
        sa.Column("persona_id", sa.String(36), nullable=True),
        sa.Column("person", sa.Text(), nullable=True),
        sa.Column("conversation", sa.Text(), nullable=True),
        sa.Column("task", sa.String(16), nullable=False),
        sa.Column("model", sa.Text(), nullable=False),
        sa.Column("prompt_tokens", sa.Integer(), nullable=False),
        sa.Column("completion_tokens", sa.Integer(), nullable=False),
        sa.Column("seconds", sa.Float(), nullable=False),
        sa.Column("first", sa.Float(), nullable=True),
        sa.Column("cost", sa.Float(), nullable=True),
        sa.Column("created_at", moment, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_usages"),
        _of_persona("usages", "SET NULL"),
    )
    op.create_index("ix_usages_created_at", "usages", ["created_at"])


def downgrade() -> None:
    for table in ("usages", "facts", "summaries"):
        op.drop_table(table)
    op.drop_index("ix_turns_person_id", "turns")
    with _altered_turns(sqlite_autoincrement=False) as turns:
        turns.drop_column("person")
        turns.drop_column("speaker")


def _altered_turns(*, sqlite_autoincrement: bool) -> AbstractContextManager[BatchOperations]:
    # SQLite gives ids out a second time unless the table is built anew to say otherwise; Postgres never does.
    return op.batch_alter_table(
        "turns",
        recreate="always" if op.get_context().dialect.name == "sqlite" else "never",
        table_kwargs={"sqlite_autoincrement": sqlite_autoincrement},
    )


def _of_persona(table: str, ondelete: str) -> sa.ForeignKeyConstraint:
    name = f"fk_{table}_persona_id_personas"
    return sa.ForeignKeyConstraint(["persona_id"], ["personas.id"], name=name, ondelete=ondelete)
