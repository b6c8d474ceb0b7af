"""What a round did besides pages and documents."""

import sqlalchemy as sa
from alembic import op

from store import schema

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.add_column("rounds", sa.Column("counts", schema.Json(), server_default="{}", nullable=False))
