"""What transport leaves in a header: Received, DKIM (RFC 6376), ARC (RFC 8617), and delivery reports (RFC 3464)."""

from __future__ import annotations

import base64
import random
import textwrap
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from random import Random

_POOL = base64.b64encode(random.Random(1).randbytes(60_000)).decode()  # noqa: S311 # no secret
_SIGNED = "from:to:subject:date:message-id:mime-version:content-type:list-unsubscribe:reply-to:feedback-id"


def _signature(drawn: Random, length: int) -> str:
    start = int(drawn.random() * (len(_POOL) - length))
    return "\n         ".join(_POOL[at : at + 68] for at in range(start, start + length, 68))


def trail(drawn: Random, domain: str, date: str) -> str:
    """Return-Path to the first server: between three and seven Received fields, the latest first."""
    hops = []
    for hop in range(3 + int(drawn.random() * 5)):
        number = int(drawn.random() * 250)
        hops.append(
            f"Received: from relay{hop}-{number}.{domain} (relay{hop}-{number}.{domain} [192.0.2.{number}])\n"
            f"        (using TLSv1.3 with cipher TLS_AES_256_GCM_SHA384 (256/256 bits)\n"
            f"         key-exchange X25519 server-signature RSA-PSS (2048 bits) server-digest SHA256)\n"
            f"        by mx{hop}.example.org (Postfix) with ESMTPS id {number:05X}{hop:05X}\n"
            f"        for <ann@example.org>; {date}\n"
        )
    return "".join(hops)


def sealed(drawn: Random, domain: str) -> str:
    """The results of checks, one or two signatures, in most messages a set of seals, and what a filter thought."""
    day = int(drawn.random() * 100_000)
    results = (
        f"Authentication-Results: mx.example.org;\n       dkim=pass header.i=@{domain} header.s=s1;\n"
        f"       spf=pass smtp.mailfrom=bounce@{domain};\n       dmarc=pass (p=REJECT) header.from={domain}\n"
    )
    lines = [results]
    lines += [
        f"DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d={domain}; s=s{number}; t={day};\n"
        f"        h={_SIGNED};\n        bh={_signature(drawn, 44)};\n        b={_signature(drawn, 344)}\n"
        for number in range(1 + (drawn.random() < 0.5))
    ]
    if drawn.random() < 0.7:
        lines.append(
            f"ARC-Seal: i=1; a=rsa-sha256; t={day}; cv=none; d=mx.example.org; s=arc-2024;\n"
            f"        b={_signature(drawn, 344)}\n"
            f"ARC-Message-Signature: i=1; a=rsa-sha256; c=relaxed/relaxed; d=mx.example.org; s=arc-2024;\n"
            f"        h={_SIGNED};\n        bh={_signature(drawn, 44)};\n        b={_signature(drawn, 344)}\n"
            f"ARC-Authentication-Results: i=1; mx.example.org; dkim=pass header.i=@{domain};\n"
            f"       spf=pass smtp.mailfrom=bounce@{domain}; dmarc=pass header.from={domain}\n"
        )
    thought = _signature(drawn, 300 + int(drawn.random() * 1500))
    lines.append(f"X-Spam-Status: No, score=-2.1\nX-Antiabuse-Data: {thought}\nX-Report-Abuse: abuse@{domain}\n")
    return "".join(lines)


def bounce(recipient: str, msg_id: str) -> tuple[str, str]:
    """The Content-Type of a delivery report about one recipient, and what follows the header's empty line."""
    parts = f"""
        --part
        Content-Type: text/plain

        The mail system could not deliver your message.
        --part
        Content-Type: message/delivery-status

        Reporting-MTA: dns; mx.example.org

        Final-Recipient: rfc822; {recipient}
        Action: failed
        Status: 5.1.1
        --part
        Content-Type: text/rfc822-headers

        From: ann@example.org
        To: {recipient}
        Message-ID: {msg_id}

        --part--
        """
    fields = 'Content-Type: multipart/report; report-type=delivery-status; boundary="part"\nReturn-Path: <>'
    return fields, textwrap.dedent(parts)
