"""Returned mails as servers write them, about a message of ours; all people and hosts are invented."""


def postfix(
    message_id: str,
    to: str,
    status: str = "5.1.1",
    said: str = "550 5.1.1 <{to}>: Recipient address rejected: User unknown",
    action: str = "failed",
) -> str:
    return f"""\
Return-Path: <>
Received: by mail.example.org (Postfix) id 4XyZ0123; Fri, 13 Nov 2026 09:12:44 +0100 (CET)
Date: Fri, 13 Nov 2026 09:12:44 +0100 (CET)
From: MAILER-DAEMON@mail.example.org (Mail Delivery System)
Subject: Undelivered Mail Returned to Sender
To: office@example.org
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status;
\tboundary="4XyZ0099.1794557564/mail.example.org"
Message-Id: <20261113081244.4XyZ0123@mail.example.org>

This is a MIME-encapsulated message.

--4XyZ0099.1794557564/mail.example.org
Content-Description: Notification
Content-Type: text/plain; charset=us-ascii

This is the mail system at host mail.example.org.

I'm sorry to have to inform you that your message could not
be delivered to one or more recipients. It's attached below.

<{to}>: host mx.example.net[192.0.2.25] said: {said.format(to=to)} (in reply to RCPT TO command)

--4XyZ0099.1794557564/mail.example.org
Content-Description: Delivery report
Content-Type: message/delivery-status

Reporting-MTA: dns; mail.example.org
X-Postfix-Queue-ID: 4XyZ0099
X-Postfix-Sender: rfc822; office@example.org
Arrival-Date: Fri, 13 Nov 2026 09:12:43 +0100 (CET)

Final-Recipient: rfc822; {to}
Original-Recipient: rfc822;{to}
Action: {action}
Status: {status}
Remote-MTA: dns; mx.example.net
Diagnostic-Code: smtp; {said.format(to=to)}

--4XyZ0099.1794557564/mail.example.org
Content-Description: Undelivered Message
Content-Type: message/rfc822

Return-Path: <office@example.org>
From: Music school <office@example.org>
To: {to}
Subject: Lesson
Message-ID: {message_id}
MIME-Version: 1.0
Content-Type: text/plain; charset="utf-8"

See you soon.

--4XyZ0099.1794557564/mail.example.org--
"""


def exchange(message_id: str, to: str) -> str:
    return f"""\
From: <postmaster@school.example.com>\r
To: <office@example.org>\r
Date: Fri, 13 Nov 2026 08:20:01 +0000\r
Content-Type: multipart/report; report-type=delivery-status;\r
 boundary="67a0f5b2-1d7e-4c1e-9c50-8b6b9c6e2a11"\r
Content-Language: en-GB\r
Message-ID: <0a1b2c3d@AM0PR01MB0001.eurprd01.prod.example.com>\r
In-Reply-To: {message_id}\r
References: {message_id}\r
Subject: Undeliverable: Lesson\r
Auto-Submitted: auto-replied\r
MIME-Version: 1.0\r
\r
--67a0f5b2-1d7e-4c1e-9c50-8b6b9c6e2a11\r
Content-Type: multipart/alternative; differences=Content-Type;\r
 boundary="b2c0e6aa-0d2f-4f0e-8d1b-1f0c6f8f7d55"\r
\r
--b2c0e6aa-0d2f-4f0e-8d1b-1f0c6f8f7d55\r
Content-Type: text/plain; charset="us-ascii"\r
Content-Transfer-Encoding: quoted-printable\r
\r
Your message to {to} couldn't be delivered.\r
\r
--b2c0e6aa-0d2f-4f0e-8d1b-1f0c6f8f7d55\r
Content-Type: text/html; charset="us-ascii"\r
\r
<html><body><p>Your message couldn't be delivered.</p></body></html>\r
\r
--b2c0e6aa-0d2f-4f0e-8d1b-1f0c6f8f7d55--\r
\r
--67a0f5b2-1d7e-4c1e-9c50-8b6b9c6e2a11\r
Content-Type: message/delivery-status\r
\r
Reporting-MTA: dns;AM0PR01MB0001.eurprd01.prod.example.com\r
Received-From-MTA: dns;mail.example.org\r
Arrival-Date: Fri, 13 Nov 2026 08:20:00 +0000\r
\r
Final-Recipient: rfc822;{to}\r
Action: failed\r
Status: 5.1.10\r
Diagnostic-Code: smtp;550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient\r
 {to} not found by SMTP address lookup\r
X-Display-Name: Ada\r
\r
--67a0f5b2-1d7e-4c1e-9c50-8b6b9c6e2a11\r
Content-Type: text/rfc822-headers\r
\r
From: Music school <office@example.org>\r
To: {to}\r
Subject: Lesson\r
Message-ID:\r
 {message_id}\r
\r
--67a0f5b2-1d7e-4c1e-9c50-8b6b9c6e2a11--\r
"""


def gmail(message_id: str, to: str) -> str:
    return f"""\
Delivered-To: office@example.org
From: Mail Delivery Subsystem <mailer-daemon@googlemail.example>
To: office@example.org
Auto-Submitted: auto-replied
Subject: Delivery Status Notification (Failure)
X-Failed-Recipients: {to}
References: {message_id}
Message-ID: <6555d0aa.050a0220.1a2b3.0001.GMR@mx.google.example>
Content-Type: multipart/report; boundary="000000000000d1a2b3060a1b2c3d"; report-type=delivery-status

--000000000000d1a2b3060a1b2c3d
Content-Type: multipart/related; boundary="000000000000d1a2bb060a1b2c3f"

--000000000000d1a2bb060a1b2c3f
Content-Type: text/plain; charset="UTF-8"

** Address not found **

Your message wasn't delivered to {to} because the address couldn't be found, or is unable to receive mail.

--000000000000d1a2bb060a1b2c3f--
--000000000000d1a2b3060a1b2c3d
Content-Type: message/delivery-status

Reporting-MTA: dns; googlemail.example
Arrival-Date: Fri, 13 Nov 2026 00:15:38 -0800 (PST)
X-Original-Message-ID: {message_id}

Final-Recipient: rfc822; {to}
Action: failed
Status: 5.1.1
Remote-MTA: dns; gmail-smtp-in.l.google.example. (192.0.2.26, the server for the domain gmail.example.)
Diagnostic-Code: smtp; 550-5.1.1 The email account that you tried to reach does not exist. Please try
 550-5.1.1 double-checking the recipient's email address for typos or unnecessary spaces. For more
 550 5.1.1 information, go to https://support.google.example/mail/?p=NoSuchUser - gsmtp
Last-Attempt-Date: Fri, 13 Nov 2026 00:15:39 -0800 (PST)

--000000000000d1a2b3060a1b2c3d
Content-Type: message/rfc822

From: Music school <office@example.org>
To: {to}
Message-ID: {message_id}
Subject: Lesson

See you soon.

--000000000000d1a2b3060a1b2c3d--
"""


def german(message_id: str, to: str, said: str = "550 Requested action not taken: mailbox unavailable") -> str:
    """A provider's server (Exim) that writes in plain text and names the recipient in a header field alone."""
    return f"""\
Return-path: <>
X-Failed-Recipients: {to}
Auto-Submitted: auto-replied
From: Mail Delivery System <mailer-daemon@kundenserver.example>
To: office@example.org
Subject: =?utf-8?q?Unzustellbar=3A_Nachricht_zur=C3=BCck?=
Message-Id: <E1r2Abc-0001Xy-2F@mrelay.kundenserver.example>
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: 8bit
Date: Fri, 13 Nov 2026 09:30:12 +0100

Diese Nachricht wurde automatisch erzeugt. Ihre E-Mail konnte nicht zugestellt werden
für den folgenden Empfänger:

  {to}
    host mx00.provider.example [192.0.2.27]
    SMTP error from remote mail server after RCPT TO:<{to}>:
    {said}

------ This is a copy of the message, including all the headers. ------

Return-path: <office@example.org>
From: Music school <office@example.org>
To: {to}
Subject: Lesson
Message-ID: {message_id}

See you soon.
"""


def complaint(message_id: str, kind: str = "abuse") -> str:
    return f"""\
From: <feedback@arf.example.net>
To: <office@example.org>
Subject: FW: Lesson
MIME-Version: 1.0
Content-Type: multipart/report; report-type=feedback-report;
     boundary="part1_13d.2e68ed54_boundary"

--part1_13d.2e68ed54_boundary
Content-Type: text/plain; charset="US-ASCII"

This is an email abuse report for an email message received from IP 192.0.2.1.

--part1_13d.2e68ed54_boundary
Content-Type: message/feedback-report

Feedback-Type: {kind}
User-Agent: SomeGenerator/1.0
Version: 1
Original-Rcpt-To: redacted@example.net

--part1_13d.2e68ed54_boundary
Content-Type: message/rfc822

From: Music school <office@example.org>
To: redacted@example.net
Subject: Lesson
Message-ID: {message_id}

See you soon.
--part1_13d.2e68ed54_boundary--
"""


def international(message_id: str, to: str) -> str:
    """RFC 6533: an address that is not ASCII."""
    return f"""\
From: postmaster@example.net
To: office@example.org
Subject: Undelivered
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary=b

--b
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: 8bit

{to}
--b
Content-Type: message/global-delivery-status
Content-Transfer-Encoding: 8bit

Reporting-MTA: dns; example.net

Final-Recipient: utf-8; {to}
Action: failed
Status: 5.1.1

--b
Content-Type: message/global-headers
Content-Transfer-Encoding: 8bit

To: {to}
Message-ID: {message_id}

--b--
"""
