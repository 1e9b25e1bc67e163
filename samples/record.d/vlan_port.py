#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""A switch port in 40 lines: frames from an untagged access interface leave the trunk with an 802.1Q tag, frames
with that tag leave the access interface without it. Needs no VLAN support in the kernel.

usage: vlan_port.py ACCESS TRUNK VLAN_ID
"""
import select
import socket
import struct
import sys

SOL_PACKET, PACKET_AUXDATA, PACKET_OUTGOING = 263, 8, 4
ETH_P_ALL, ETH_P_8021Q = 0x0003, 0x8100
VLAN_VALID = 1 << 4  # TP_STATUS_VLAN_VALID in tpacket_auxdata


def open_port(name):
    port = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETH_P_ALL))
    port.setsockopt(SOL_PACKET, PACKET_AUXDATA, 1)
    port.bind((name, ETH_P_ALL))
    return port


def receive(port):
    """The next frame and its VLAN id (None when untagged); the kernel has moved the tag to the auxiliary data."""
    frame, control, _, address = port.recvmsg(65536, socket.CMSG_SPACE(20))
    if address[2] == PACKET_OUTGOING:
        return None, None
    for level, kind, data in control:
        if (level, kind) == (SOL_PACKET, PACKET_AUXDATA):
            status, _, _, _, _, tci, _ = struct.unpack("IIIHHHH", data[:20])
            return frame, tci & 0x0FFF if status & VLAN_VALID else None
    return frame, None


def main(access_name, trunk_name, vlan_id):
    access, trunk = open_port(access_name), open_port(trunk_name)
    tag = struct.pack("!HH", ETH_P_8021Q, vlan_id)
    while True:
        for port in select.select([access, trunk], [], [])[0]:
            frame, seen = receive(port)
            if frame and port is access:
                trunk.send(frame[:12] + tag + frame[12:])
            elif frame and seen == vlan_id:
                access.send(frame)


main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
