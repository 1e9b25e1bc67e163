#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Holds a capture against its truth table; tshark reads the packets.

usage: check_truth.py CAPTURE TRUTH

Fails unless every TCP, UDP and ICMP flow matches exactly one row, every row matches a flow, every TCP connection is
there from its SYN to its end, every checksum is right, no packet is longer than 1,500 bytes, and nothing but IP and
ARP is in the capture.
"""
import csv
import subprocess
import sys
from collections import defaultdict

FIELDS = [
    "ip.src", "ip.dst", "ip.len", "ipv6.src", "ipv6.dst", "ipv6.plen", "tcp.srcport", "tcp.dstport", "udp.srcport", "udp.dstport",
    "icmp.type", "icmpv6.type", "arp.opcode", "tcp.flags", "ip.checksum.status", "tcp.checksum.status", "udp.checksum.status",
]
FIN, SYN, RST = 0x01, 0x02, 0x04
BAD_CHECKSUM = "0"
MTU = 1500


def read_packets(capture):
    checks = ["ip.check_checksum", "tcp.check_checksum", "udp.check_checksum"]
    command = ["tshark", "-n", "-r", capture, "-T", "fields", "-E", "occurrence=f", "-E", "separator=\t"]
    command += [word for check in checks for word in ("-o", check + ":TRUE")]
    command += [word for field in FIELDS for word in ("-e", field)]
    lines = subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()
    for number, line in enumerate(lines, 1):
        yield number, dict(zip(FIELDS, line.split("\t")))


def flow_of(packet):
    """(transport, source, source port, destination, destination port), or None for what has no transport."""
    source, destination = packet["ip.src"] or packet["ipv6.src"], packet["ip.dst"] or packet["ipv6.dst"]
    if packet["icmp.type"]:  # before UDP: an ICMP error quotes the header of what it complains about
        return ("icmp", source, "", destination, "")
    if packet["icmpv6.type"]:
        return ("icmp6", source, "", destination, "")
    for transport in ("tcp", "udp"):
        if packet[transport + ".srcport"]:
            return (transport, source, packet[transport + ".srcport"], destination, packet[transport + ".dstport"])
    return None


def read_flows(capture, problems):
    """Flow in the direction of its first packet -> TCP flags seen in (that direction, the other one)."""
    flows = {}
    for number, packet in read_packets(capture):
        if BAD_CHECKSUM in (packet[f + ".checksum.status"] for f in ("ip", "tcp", "udp")):
            problems.append(f"frame {number}: wrong checksum")
        if not (packet["ip.src"] or packet["ipv6.src"] or packet["arp.opcode"]):
            problems.append(f"frame {number}: neither IP nor ARP")
        if int(packet["ip.len"] or 0) > MTU or int(packet["ipv6.plen"] or 0) + 40 > MTU:
            problems.append(f"frame {number}: longer than {MTU} bytes")
        flow = flow_of(packet)
        if flow is None:  # ARP, or a fragment that is not the last: tshark names ports where it has the whole datagram
            continue
        transport, source, source_port, destination, destination_port = flow
        back = (transport, destination, destination_port, source, source_port)
        key, side = (back, 1) if back in flows else (flow, 0)
        flows.setdefault(key, [0, 0])[side] |= int(packet["tcp.flags"] or "0", 16)
    return flows


def matches(row, flow):
    """TCP rows name who opens the connection. UDP and ICMP rows hold whoever speaks first."""
    transport, a, a_port, b, b_port = flow
    ends = [((a, a_port), (b, b_port))] + ([((b, b_port), (a, a_port))] if transport != "tcp" else [])
    client, server = (row["client"], row["clientPort"]), (row["server"], row["serverPort"])
    return row["transport"] == transport and any(
        all(want in ("*", have) for want, have in zip(client + server, one + other)) for one, other in ends
    )


def check_tcp_is_whole(flow, flags, problems):
    there, back = flags
    if not (there & SYN and back & SYN):
        problems.append(f"{flow}: handshake is not complete")
    if not (there & back & FIN or (there | back) & RST):
        problems.append(f"{flow}: connection is not closed")


def main(capture, truth):
    problems, found = [], defaultdict(int)
    with open(truth, newline="") as file:
        rows = list(csv.DictReader(file))
    flows = read_flows(capture, problems)
    for flow, flags in flows.items():
        hits = [i for i, row in enumerate(rows) if matches(row, flow)]
        if len(hits) != 1:
            problems.append(f"{flow}: {len(hits)} rows match: {[rows[i]['application'] for i in hits]}")
        for i in hits:
            found[i] += 1
        if flow[0] == "tcp":
            check_tcp_is_whole(flow, flags, problems)
    problems += [f"no flow for row {list(row.values())}" for i, row in enumerate(rows) if not found[i]]
    if problems:
        sys.exit("check_truth.py:\n  " + "\n  ".join(problems))
    print(f"{len(flows)} flows, {len(rows)} rows, {len({r['application'] for r in rows})} applications: all match")


main(sys.argv[1], sys.argv[2])
