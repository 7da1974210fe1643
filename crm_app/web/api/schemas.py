"""What goes in and out as JSON. The same models judge requests and make the OpenAPI document."""

from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints, create_model

from crm_app.locales import render
from crm_app.models import Channel, ConsentState, EnrolmentStatus, InteractionKind, Lifecycle
from crm_app.services.fields.registry import FIELDS, FieldKind

MOST_TAGS = 50
LONGEST = 20_000


def _storable(value: str) -> str:
    if "\0" in value:
        raise ValueError("the character NUL cannot be stored")
    return value


Words = Annotated[str, StringConstraints(max_length=LONGEST), AfterValidator(_storable)]
Short = Annotated[str, StringConstraints(max_length=200), AfterValidator(_storable)]
TagName = Annotated[
    str, StringConstraints(min_length=1, max_length=100, strip_whitespace=True), AfterValidator(_storable)
]
Plain = (
    Words
    | Annotated[bool, Field(strict=True)]
    | Annotated[int, Field(strict=True, ge=-(10**15), le=10**15)]
    | Annotated[float, Field(allow_inf_nan=False, ge=-1e15, le=1e15)]
)
Custom = dict[Short, Plain | Annotated[list[Short], Field(max_length=200)] | None]
Moment = AwareDatetime


class In(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Out(BaseModel):
    model_config = ConfigDict(json_schema_mode_override="serialization")


def _written(kind: FieldKind, label: str) -> Any:
    if kind is FieldKind.YES_NO:
        return Annotated[bool | None, Field(description=label)], None
    return Annotated[Words | None, Field(description=label)], None


def _read(kind: FieldKind, label: str) -> Any:
    types: dict[FieldKind, Any] = {
        FieldKind.YES_NO: bool, FieldKind.DATE: date, FieldKind.MOMENT: datetime, FieldKind.LIFECYCLE: Lifecycle,
    }  # fmt: skip
    return Annotated[types.get(kind, str) | None, Field(description=label)], None


_TYPED = {name: one for name, one in FIELDS.items() if name not in ("number", "tags")}
_IN: dict[str, Any] = {name: _written(one.kind, render(one.label, "en")) for name, one in _TYPED.items()}
_OUT: dict[str, Any] = {name: _read(one.kind, render(one.label, "en")) for name, one in _TYPED.items()}

_Fields: Any = create_model("_Fields", __base__=In, **_IN)
_Shown: Any = create_model("_Shown", __base__=Out, **_OUT)


class ContactChange(_Fields):
    """What is written to a contact that is known. `null` and an empty text empty a field; what is left out stays."""

    custom: Custom = Field(default_factory=dict, description="Own fields by key", max_length=200)


class ContactNew(ContactChange):
    """A new contact. Blanks count as not given."""

    tags: list[TagName] = Field(default_factory=list, max_length=MOST_TAGS, description="Given, and made when new")


class ContactArrival(ContactNew):
    """Somebody who may be here already. Blanks keep what is stored, tags are added."""

    number: int | None = Field(default=None, ge=1, lt=2**63, description="Number of the contact in the CRM")
    match: list[Literal["number", "external_id", "email", "phone"]] | None = Field(
        default=None,
        max_length=4,
        description="By which keys a contact is looked for, in this order; the first that meets one counts. Left out: "
        "number, external_id, email, and phone when none of these is given.",
    )


class Contact(_Shown):
    """A contact as it is stored. `version` grows with every change."""

    number: int
    tags: list[str]
    custom: dict[str, Any]
    version: int
    created_at: datetime
    updated_at: datetime


class ContactPage(Out):
    """One page of the list. `after` is the number to ask for the next page with, null at the end."""

    contacts: list[Contact]
    after: int | None
    total: int = Field(description="Counted to 10001 at most")


class Written(Out):
    """What became of the contact. `changed` names its fields, `warnings` says what somebody should look at."""

    outcome: Literal["created", "updated", "unchanged"]
    number: int
    version: int
    changed: list[str]
    warnings: dict[str, str]


class InteractionNew(In):
    """An order, a visit or a call. With an `external_id`, sending it again records nothing."""

    kind: InteractionKind
    source: Annotated[Short, StringConstraints(min_length=1)] = Field(description="online shop, till, voucher, …")
    at: Moment | None = Field(default=None, description="With its offset; now when left out")
    description: Words = ""
    amount: Annotated[str, StringConstraints(pattern=r"^-?[0-9]{1,13}(\.[0-9]{1,4})?$")] | None = Field(
        default=None, description="A decimal as text, such as “49.90”; below zero for a refund"
    )
    currency: Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")] | None = Field(
        default=None, description="ISO 4217; the installation's when left out"
    )
    external_id: Short | None = None


class Interaction(Out):
    id: int
    kind: InteractionKind
    source: str
    at: datetime
    description: str
    amount: str | None
    currency: str | None
    external_id: str | None


class Recorded(Out):
    """`is_new` is false when the source had reported the same before."""

    interaction: Interaction
    is_new: bool


class InteractionPage(Out):
    interactions: list[Interaction]
    after: int | None


class Tag(Out):
    name: str
    is_franchise: bool


class TagList(Out):
    tags: list[Tag]


class TagChange(In):
    """Tags by name. New ones are made; taking one that the contact does not have changes nothing."""

    give: list[TagName] = Field(default_factory=list, max_length=MOST_TAGS)
    take: list[TagName] = Field(default_factory=list, max_length=MOST_TAGS)


class ContactTags(Out):
    number: int
    version: int
    tags: list[str]


class ConsentEvent(In):
    """Withdrawn elsewhere, or agreed to elsewhere with a proof. Where something else stands already, “imported” changes
    nothing; only the person gets over a withdrawal.
    """

    channel: Channel
    address: Annotated[Short, StringConstraints(min_length=1)]
    state: Literal["imported", "revoked"]
    at: Moment | None = Field(default=None, description="When it happened; now when left out, “imported” needs it")
    text: Words = Field(default="", description="Exactly what was agreed to")
    text_version: Annotated[str, StringConstraints(max_length=40), AfterValidator(_storable)] = ""
    place: Short = Field(default="", description="Which form, page or list")
    ip: Annotated[str, StringConstraints(max_length=60), AfterValidator(_storable)] = ""
    number: int | None = Field(default=None, ge=1, lt=2**63, description="The contact it tells of")


class ConsentStanding(Out):
    """Where the address stands now."""

    state: ConsentState
    is_recorded: bool


class HookAnswers(In):
    """What somebody answered in a form elsewhere. `contact` fills what is blank and never overwrites."""

    form: Annotated[Short, StringConstraints(min_length=1)] = Field(description="What the form is called")
    contact: ContactNew
    answers: dict[Short, Words] = Field(default_factory=dict, max_length=100, description="Question: answer")


class HookTaken(Out):
    outcome: Literal["created", "known"]


class ListQuery(In):
    """The parameters of the list, as its address in the CRM has them."""

    model_config = ConfigDict(extra="ignore")

    q: Short = Field(default="", description="Words of name, company, e-mail, city, number, phone")
    lifecycle: Lifecycle | None = None
    inactive: Literal["1"] | None = Field(default=None, description="Inactive ones too")
    import_: int | None = Field(default=None, alias="import", ge=1, lt=2**31)
    segment: int | None = Field(default=None, ge=1, lt=2**31, description="Id of a segment shared with all")
    course: int | None = Field(default=None, ge=1, lt=2**31, description="Id of a course: who takes part in it")
    status: EnrolmentStatus | None = Field(default=None, description="With `course`: who has this status in it")
    offer: int | None = Field(default=None, ge=1, lt=2**31, description="With `course`: who has this offer")
    overdue: Literal["1"] | None = Field(default=None, description="With `course`: who has not paid what is due")
    where: Annotated[str, StringConstraints(max_length=4_000), AfterValidator(_storable)] = Field(
        default="", description="Conditions as compact JSON, as the list's address has them"
    )
    sort: Short = Field(default="", description="Up to two keys, such as “-created,name”")
    after: int | None = Field(default=None, ge=1, lt=2**63, description="`after` of the page before")
    limit: int = Field(default=50, ge=1, le=200)


class PageQuery(In):
    model_config = ConfigDict(extra="ignore")

    after: int | None = Field(default=None, ge=1, lt=2**31)
    limit: int = Field(default=50, ge=1, le=200)
