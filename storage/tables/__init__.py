"""The tables, by the part of the domain they belong to. `migrations` builds exactly these: who imports one of them has
imported all."""

from storage.tables.accounts import ChargeRow, UsageRow
from storage.tables.base import AnyText, Document, Moment, Table
from storage.tables.blobs import BlobRow
from storage.tables.memory import FactRow, SummaryRow, TurnRow
from storage.tables.personas import PersonaRow, PortraitRow, VoiceRow
from storage.tables.places import CompanyRow, MessageRow, PersonRow, PlaceRow, ResidentRow
from storage.tables.requests import InboxRow, PartRow, RequestRow, ResultRow, StepRow
from storage.tables.scenes import LineRow, MemberRow, SceneRow

__all__ = [
    "AnyText",
    "BlobRow",
    "ChargeRow",
    "CompanyRow",
    "Document",
    "FactRow",
    "InboxRow",
    "LineRow",
    "MemberRow",
    "MessageRow",
    "Moment",
    "PartRow",
    "PersonRow",
    "PersonaRow",
    "PlaceRow",
    "PortraitRow",
    "RequestRow",
    "ResidentRow",
    "ResultRow",
    "SceneRow",
    "StepRow",
    "SummaryRow",
    "Table",
    "TurnRow",
    "UsageRow",
    "VoiceRow",
]
