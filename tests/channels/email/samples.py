"""Mails as they come back, in the dialect of each kind of server. Written for these tests; nobody was sent them."""

from __future__ import annotations

RETURNED = """\
From: Corner Coffee <hello@shop.example>
To: ada@customer.example
Subject: New beans
Message-ID: <7f3a9c@shop.example>
X-Regulars-Id: 7f3a9c
"""

POSTFIX = f"""\
Return-Path: <>
From: MAILER-DAEMON@mx.shop.example (Mail Delivery System)
To: bounces+7f3a9c@shop.example
Subject: Undelivered Mail Returned to Sender
Auto-Submitted: auto-replied
MIME-Version: 1.0
Message-Id: <20260901080000.1234@mx.shop.example>
Content-Type: multipart/report; report-type=delivery-status; boundary="B1"

--B1
Content-Description: Notification

This is the mail system at host mx.shop.example.

<ada@customer.example>: host mx.customer.example[192.0.2.7] said: 550 5.1.1
    <ada@customer.example>: Recipient address rejected: User unknown (in reply to RCPT TO command)

--B1
Content-Description: Delivery report
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.shop.example
X-Postfix-Queue-ID: 4Xyz12
Arrival-Date: Tue,  1 Sep 2026 08:00:00 +0000 (UTC)

Final-Recipient: rfc822; ada@customer.example
Original-Recipient: rfc822;Ada@customer.example
Action: failed
Status: 5.1.1
Remote-MTA: dns; mx.customer.example
Diagnostic-Code: smtp; 550 5.1.1 <ada@customer.example>: Recipient address
    rejected: User unknown

--B1
Content-Description: Undelivered Message
Content-Type: message/rfc822

{RETURNED}
Hello

--B1--
"""

POSTFIX_TWO = """\
From: MAILER-DAEMON@mx.shop.example (Mail Delivery System)
To: bounces+7f3a9c@shop.example
Message-Id: <two@mx.shop.example>
Content-Type: multipart/report; report-type=delivery-status; boundary="B1"

--B1

Two of three addresses could not be reached.

--B1
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.shop.example

Final-Recipient: rfc822; ada@customer.example
Action: failed
Status: 5.1.1

Final-Recipient: rfc822; ben@customer.example
Action: failed
Status: 4.2.2

Final-Recipient: rfc822; cleo@customer.example
Action: delivered
Status: 2.1.5

Final-Recipient: rfc822; dan@customer.example
Action: delayed
Status: 4.4.1

--B1--
"""

EXIM_REPORT = f"""\
Return-path: <>
X-Failed-Recipients: ada@customer.example
Auto-Submitted: auto-replied
From: Mail Delivery System <Mailer-Daemon@mx.shop.example>
To: hello@shop.example
Content-Type: multipart/report; report-type=delivery-status; boundary=1790000-eximdsn-1
MIME-Version: 1.0
Subject: Mail delivery failed: returning message to sender
Message-Id: <E1abc-0001@mx.shop.example>

--1790000-eximdsn-1
Content-type: text/plain; charset=us-ascii

This message was created automatically by mail delivery software.

--1790000-eximdsn-1
Content-type: message/delivery-status

Reporting-MTA: dns; mx.shop.example

Action: failed
Final-Recipient: rfc822;ada@customer.example
Status: 5.0.0
Remote-MTA: dns; mx.customer.example
Diagnostic-Code: smtp; 550 No such user here

--1790000-eximdsn-1
Content-type: text/rfc822-headers

{RETURNED}
--1790000-eximdsn-1--
"""

EXIM_TEXT = f"""\
Return-path: <>
X-Failed-Recipients: ada@customer.example
From: Mail Delivery System <Mailer-Daemon@mx.shop.example>
To: hello@shop.example
Subject: Mail delivery failed: returning message to sender
Message-Id: <E1abc-0002@mx.shop.example>

This message was created automatically by mail delivery software.

A message that you sent could not be delivered to one or more of its
recipients. This is a permanent error. The following address(es) failed:

  ada@customer.example
    SMTP error from remote mail server after RCPT TO:<ada@customer.example>:
    host mx.customer.example [192.0.2.7]: 550 5.7.1 Message blocked, see https://blocked.example

------ This is a copy of the message, including all the headers. ------

{RETURNED}
Hello
"""

EXCHANGE = f"""\
From: <postmaster@customer.example>
To: <bounces+7f3a9c@shop.example>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status;
\tboundary="=_BF_1"
X-MS-Exchange-Message-Is-Ndr:
Content-Language: en-US
Message-ID: <9a4e@AM0PR01.prod.outlook.example>
In-Reply-To: <7f3a9c@shop.example>
References: <7f3a9c@shop.example>
Subject: Undeliverable: New beans
Auto-Submitted: auto-replied

--=_BF_1
Content-Type: multipart/alternative; differences=Content-Type;
\tboundary="=_BF_2"

--=_BF_2
Content-Type: text/plain; charset="us-ascii"

Your message to ada@customer.example couldn't be delivered.

--=_BF_2
Content-Type: text/html; charset="us-ascii"

<html><body>Your message couldn't be delivered.</body></html>

--=_BF_2--

--=_BF_1
Content-Type: message/delivery-status

Reporting-MTA: dns;AM0PR01.prod.outlook.example
Received-From-MTA: dns;mx.shop.example
Arrival-Date: Tue, 1 Sep 2026 08:00:00 +0000

Final-Recipient: rfc822;ada@customer.example
Action: failed
Status: 5.1.10
Diagnostic-Code: smtp;550 5.1.10 RESOLVER.ADR.RecipientNotFound; not found by address lookup

--=_BF_1
Content-Type: message/rfc822

{RETURNED}
Hello

--=_BF_1--
"""

QMAIL = f"""\
Return-Path: <>
From: MAILER-DAEMON@mx.customer.example
To: hello@shop.example
Subject: failure notice
Date: 1 Sep 2026 08:00:00 -0000

Hi. This is the qmail-send program at mx.customer.example.
I'm afraid I wasn't able to deliver your message to the following addresses.
This is a permanent error; I've given up. Sorry it didn't work out.

<ada@customer.example>:
Sorry, no mailbox here by that name. (#5.1.1)

<ben@customer.example>:
User is over quota. (#5.2.2)

--- Below this line is a copy of the message.

Return-Path: <hello@shop.example>
{RETURNED}
Hello
"""

INTERNATIONAL = """\
From: MAILER-DAEMON@mx.customer.example
To: bounces+7f3a9c@shop.example
Content-Type: multipart/report; report-type=delivery-status; boundary="B1"

--B1

Sorry.

--B1
Content-Type: message/global-delivery-status

Reporting-MTA: dns; mx.customer.example

Final-Recipient: rfc822; ada@customer.example
Action: failed
Status: 5.1.1

--B1--
"""

COMPLAINT = f"""\
From: <abuse@provider.example>
To: <fbl@shop.example>
Subject: FW: New beans
Message-ID: <arf-1@provider.example>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=feedback-report; boundary="B1"

--B1
Content-Type: text/plain; charset="US-ASCII"

This is an email abuse report.

--B1
Content-Type: message/feedback-report

Feedback-Type: abuse
User-Agent: SomeGenerator/1.0
Version: 1
Original-Mail-From: <bounces+7f3a9c@shop.example>
Original-Rcpt-To: <ada@customer.example>

--B1
Content-Type: message/rfc822

{RETURNED}
Hello

--B1--
"""

REPLY = """\
From: "=?gb2312?B?zfW3vA==?=" <fang@customer.example>
To: Corner Coffee <hello@shop.example>
Subject: =?utf-8?B?5Zue5aSN77yaTmV3IGJlYW5z?=
Message-ID: <human-1@customer.example>
In-Reply-To: <7f3a9c@shop.example>
References: <older@elsewhere.example> <7f3a9c@shop.example>
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: 8bit

Is the Yirgacheffe back?
> not a quotation of yours
And please do not unsubscribe me.

On Tue, 1 Sep 2026 at 10:00, Corner Coffee <hello@shop.example>
wrote:
> New beans
>
> Unsubscribe
"""

ABSENCE = """\
From: Ada <ada@customer.example>
To: unsubscribe+7f3a9c@shop.example
Subject: unsubscribe
Message-ID: <vacation-1@customer.example>
Auto-Submitted: auto-replied
Content-Type: text/plain

unsubscribe
"""

WISH = """\
From: Ada <Ada@Customer.example>
To: {to}
Subject: {subject}
Message-ID: <wish-1@customer.example>
Content-Type: text/plain

{text}
"""
