"""What runs beside the requests for as long as the server does: the workers of the job queue."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from crm_app.jobs import consumer


@asynccontextmanager
async def workers() -> AsyncIterator[None]:
    """Starts the workers with the server and lets them stop at a safe point when it ends."""
    await asyncio.to_thread(consumer.start)
    try:
        yield
    finally:
        await asyncio.to_thread(consumer.stop)
