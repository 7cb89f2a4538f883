"""Requests with their steps, results, outbox and charges."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

document = sa.JSON().with_variant(JSONB(), "postgresql")
moment = sa.DateTime(timezone=True)
count = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "results",
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("stage", sa.String(16), nullable=False),
        sa.Column("document", document, nullable=False),
        sa.Column("created_at", moment, nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_results"),
    )
    op.create_table(
        "requests",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("update_key", sa.Text(), nullable=False),
        sa.Column("platform", sa.String(32), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("conversation", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("persona_id", sa.String(36), nullable=True),
        sa.Column("payload", document, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("turn", sa.BigInteger(), nullable=False),
        sa.Column("message", sa.Text(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("created_at", moment, nullable=False),
        sa.Column("begun_at", moment, nullable=True),
        sa.Column("ended_at", moment, nullable=True),
        sa.ForeignKeyConstraint(
            ["persona_id"], ["personas.id"], name="fk_requests_persona_id_personas", ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_requests"),
        sa.UniqueConstraint("update_key", name="uq_requests_update_key"),
    )
    op.create_index("ix_requests_conversation_id", "requests", ["conversation", "id"])
    op.create_index("ix_requests_ended_at", "requests", ["ended_at"])
    op.create_index("ix_requests_state_person", "requests", ["state", "person"])
    op.create_table(
        "steps",
        sa.Column("id", count, nullable=False),
        sa.Column("request_id", sa.String(36), nullable=False),
        sa.Column("stage", sa.String(16), nullable=False),
        sa.Column("queue", sa.String(100), nullable=False),
        sa.Column("after", document, nullable=False),
        sa.Column("optional", sa.Boolean(), nullable=False),
        sa.Column("lock", sa.Text(), nullable=True),
        sa.Column("rank", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("token", sa.Integer(), nullable=False),
        sa.Column("beat", sa.Integer(), nullable=False),
        sa.Column("worker", sa.Text(), nullable=True),
        sa.Column("not_before", moment, nullable=True),
        sa.Column("result_key", sa.String(64), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("error_kind", sa.String(64), nullable=True),
        sa.Column("ready_at", moment, nullable=True),
        sa.Column("begun_at", moment, nullable=True),
        sa.Column("ended_at", moment, nullable=True),
        _of_request("steps"),
        sa.ForeignKeyConstraint(["result_key"], ["results.key"], name="fk_steps_result_key_results"),
        sa.PrimaryKeyConstraint("id", name="pk_steps"),
        sa.UniqueConstraint("request_id", "stage", name="uq_steps_request_id_stage"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_steps_lock_state_id", "steps", ["lock", "state", "id"])
    op.create_index("ix_steps_state_queue_rank_id", "steps", ["state", "queue", "rank", "id"])
    op.create_table(
        "outbox",
        sa.Column("id", count, nullable=False),
        sa.Column("request_id", sa.String(36), nullable=False),
        sa.Column("platform", sa.String(32), nullable=False),
        sa.Column("part", sa.String(16), nullable=False),
        sa.Column("final", sa.Boolean(), nullable=False),
        sa.Column("document", document, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("token", sa.Integer(), nullable=False),
        sa.Column("worker", sa.Text(), nullable=True),
        sa.Column("not_before", moment, nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("created_at", moment, nullable=False),
        sa.Column("sent_at", moment, nullable=True),
        _of_request("outbox"),
        sa.PrimaryKeyConstraint("id", name="pk_outbox"),
        sa.UniqueConstraint("request_id", "part", name="uq_outbox_request_id_part"),
        sqlite_autoincrement=True,
    )
    final = sa.text("final")
    op.create_index(
        "uq_outbox_final", "outbox", ["request_id"], unique=True, sqlite_where=final, postgresql_where=final
    )
    op.create_index("ix_outbox_state_platform_id", "outbox", ["state", "platform", "id"])
    op.create_table(
        "charges",
        sa.Column("id", count, nullable=False),
        sa.Column("request_id", sa.String(36), nullable=False),
        sa.Column("meter", sa.String(16), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("amount", sa.Float(), nullable=False),
        sa.Column("created_at", moment, nullable=False),
        sa.Column("refunded_at", moment, nullable=True),
        _of_request("charges"),
        sa.PrimaryKeyConstraint("id", name="pk_charges"),
        sa.UniqueConstraint("request_id", "meter", name="uq_charges_request_id_meter"),
    )
    op.create_index("ix_charges_meter_created_at", "charges", ["meter", "created_at"])


def downgrade() -> None:
    for table in ("charges", "outbox", "steps", "requests", "results"):
        op.drop_table(table)


def _of_request(table: str) -> sa.ForeignKeyConstraint:
    name = f"fk_{table}_request_id_requests"
    return sa.ForeignKeyConstraint(["request_id"], ["requests.id"], name=name, ondelete="CASCADE")
