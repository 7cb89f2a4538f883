"""Telegram: private chats, groups and topics. It takes what people do, and shows what waits for them."""

import os

# Before `telegram` is imported: its time spans are `timedelta`s, as they will be in its next major version.
os.environ.setdefault("PTB_TIMEDELTA", "1")
