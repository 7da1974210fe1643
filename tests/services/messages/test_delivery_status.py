"""What returned mails say. They come from anywhere, so nothing in them may break the reading."""

from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_app.services.messages import delivery_status
from crm_app.services.messages.delivery_status import Returned
from tests.growth import grows_evenly
from tests.services.messages import returned_mails as mails

ID, ADA = "<0123456789abcdef0123456789abcdef@crm.example.org>", "ada@example.net"
SAMPLES = [
    mails.postfix(ID, ADA),
    mails.exchange(ID, ADA),
    mails.gmail(ID, ADA),
    mails.german(ID, ADA),
    mails.international(ID, "ünal@example.net"),
    mails.complaint(ID),
]


def read(mail: str) -> Returned:
    found = delivery_status.read(mail.encode())
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("mail", "status"),
    [
        (mails.postfix(ID, ADA), "5.1.1"),
        (mails.exchange(ID, ADA), "5.1.10"),
        (mails.gmail(ID, ADA), "5.1.1"),
        (mails.german(ID, ADA), "550"),
    ],
    ids=["postfix", "exchange", "gmail", "german"],
)
def test_servers_say_that_an_address_does_not_exist(mail: str, status: str) -> None:
    found = read(mail)
    assert found.message_ids == (ID,) and not found.is_complaint
    (failure,) = found.failures
    assert set(failure.recipients) == {ADA} and (failure.status, failure.is_address) == (status, True)
    assert read(mail.replace("\n", "\r\n").replace("\r\r", "\r")) == found


def test_an_address_that_is_not_ascii_is_read() -> None:
    found = read(mails.international(ID, "ünal@example.net"))
    assert found.message_ids == (ID,) and found.failures[0].recipients == ("ünal@example.net",)


@pytest.mark.parametrize(
    ("status", "said", "is_address"),
    [
        ("5.1.1", "550 5.1.1 unknown", True),
        ("5.1.2", "", True),  # no such domain
        ("5.2.1", "550 5.2.1 disabled", True),
        ("5.0.0", "550 No such user", True),
        ("5.0.0", "550 5.1.1 No such user", True),
        ("", "553 sorry, no mailbox here by that name", True),
        ("5.2.2", "552 5.2.2 mailbox full", False),
        ("5.7.1", "550 5.7.1 blocked by policy", False),
        ("5.1.1", "550 5.7.1 blocked by policy", False),  # what refused it knows best
        ("5.1.8", "550 5.1.8 sender's domain not found", False),
        ("5.0.0", "554 transaction failed", False),
        ("5.4.4", "", False),
        ("4.4.1", "connect to mx.example.net[192.0.2.25]:25: Connection timed out", False),
        ("", "", False),
    ],
)
def test_only_what_is_wrong_with_the_address_counts_against_it(status: str, said: str, is_address: bool) -> None:
    (failure,) = read(mails.postfix(ID, ADA, status, said)).failures
    assert failure.is_address is is_address


@pytest.mark.parametrize("action", ["delayed", "delivered", "relayed", "expanded", ""])
def test_what_is_no_failure_says_nothing(action: str) -> None:
    assert delivery_status.read(mails.postfix(ID, ADA, "4.4.1", "451 later", action).encode()) is None


def test_a_complaint_names_its_message_and_other_feedback_is_none() -> None:
    assert read(mails.complaint(ID)) == Returned((ID,), is_complaint=True)
    assert delivery_status.read(mails.complaint(ID, "not-spam").encode()) is None


def test_a_report_that_somebody_forwards_is_none_of_this_mail() -> None:
    inner = mails.postfix(ID, ADA)
    mail = f"Content-Type: multipart/report; boundary=x\n\n--x\nContent-Type: message/rfc822\n\n{inner}\n--x--\n"
    assert delivery_status.read(mail.encode()) is None


TOP = "Content-Type: multipart/report; report-type=delivery-status; boundary=b\n\n"
STATUS = f"{TOP}--b\nContent-Type: message/delivery-status\n\n"


@pytest.mark.parametrize(
    "mail",
    [
        "".join(f"Content-Type: multipart/report; boundary=b{n}\n\n--b{n}\n" for n in range(20_000)),
        TOP + "--b\n" * 250_000,
        TOP + "--b\r" * 250_000,
        STATUS + "\na:\n" * 250_000,
        STATUS + "Action: failed\nFinal-Recipient: rfc822; a@example.org\n\n" * 9_000,
        STATUS + "Action: failed\nFinal-Recipient: " + "a@example.org," * 70_000,
        STATUS + "Action: failed\nDiagnostic-Code: smtp; " + "550 5." * 160_000,
        f"X-Failed-Recipients: {'a@example.org,' * 70_000}\n\n" + "message-id: <" * 20_000,
        "X-Failed-Recipients: a@example.org\n\n" + "\nmessage-id:" + " \n" * 500_000,
    ],
    ids=["parts in parts", "parts", "parts, old", "groups", "failures", "recipients", "codes", "named", "ids"],
)
def test_no_mail_takes_long_to_read(mail: str) -> None:
    whole = mail.encode()
    assert grows_evenly(delivery_status.read, whole[: len(whole) // 4], whole)
    begun = process_time()
    found = delivery_status.read(whole)
    assert process_time() - begun < 10, "it takes a third of a second"
    assert found is None or (len(found.failures) <= 100 and all(len(one.recipients) <= 200 for one in found.failures))


def test_what_no_message_of_ours_is_called_is_not_asked_for() -> None:
    found = read(mails.postfix("<a\0b@example.org>", ADA))
    assert found.message_ids == ()


@given(st.sampled_from(SAMPLES), st.data())
def test_mangled_mails_never_break_the_reading(sample: str, data: st.DataObject) -> None:
    raw = bytearray(sample.encode())
    for _ in range(data.draw(st.integers(1, 8))):
        start = data.draw(st.integers(0, len(raw)))
        end = min(len(raw), start + data.draw(st.integers(0, 40)))
        raw[start:end] = data.draw(st.one_of(st.binary(max_size=20), st.sampled_from([b"\r\n\r\n", b"--b\n", b"\0"])))
    delivery_status.may_be(bytes(raw))
    found = delivery_status.read(bytes(raw))
    assert found is None or all(isinstance(id_, str) for id_ in found.message_ids)


@given(st.binary(max_size=400))
def test_any_bytes_can_be_read(raw: bytes) -> None:
    delivery_status.read(b"Content-Type: multipart/report; report-type=delivery-status; boundary=b\n\n--b\n" + raw)
