"""What people merge and split."""

import sqlalchemy as sa
from alembic import op

from store import schema

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.add_column("story_members", sa.Column("apart", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.create_table(
        "story_edits",
        sa.Column("number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("at", schema.Instant(), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("undone_at", schema.Instant(), nullable=True),
        sa.Column("undone_by", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("number"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "story_moves",
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("document_id", sa.Text(), nullable=False),
        sa.Column("story", sa.Text(), nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("apart", sa.Boolean(), nullable=False),
        sa.Column("to_story", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("number", "document_id"),
    )
    op.create_index("moves_by_document", "story_moves", ["document_id"], unique=False)
