# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2154 # work and parts come from record.sh
#
# Two namespaces and one veth between them; the capture is taken at the client's end.
#
#   wr-client  wr-cli ═══════════ wr-srv  wr-server        10.77.0.0/16, fd77::/64
#   wr-vclient ─ access ─┘ VLAN 7 └─ access ─ wr-vserver   10.78.0.0/16, tagged on the same veth

on_client() { timeout 60 ip netns exec wr-client "$@"; } # every client ends, whatever happens

build_network() {
  ip netns add wr-client
  ip netns add wr-server
  local side
  for side in client server; do
    ip netns exec "wr-$side" sysctl -qw net.ipv6.conf.default.accept_ra=0 \
      net.ipv6.conf.default.router_solicitations=0 net.ipv6.conf.default.accept_dad=0
    ip -n "wr-$side" link set lo up
  done
  connect wr-client wr-cli 02:77:00:00:00:01 wr-server wr-srv 02:77:00:00:00:02
  ip -n wr-client addr add 10.77.1.1/16 dev wr-cli
  ip -n wr-server addr add 10.77.2.1/16 dev wr-srv
  build_vlan
  sleep 3 # multicast listener reports of the new IPv6 addresses go out before the capture starts
}

# A veth pair without offloads: packets on it are as long, and as checksummed, as on a wire.
connect() { # NS1 NAME1 MAC1 NS2 NAME2 MAC2
  ip -n "$1" link add "$2" address "$3" type veth peer name "$5" address "$6" netns "$4"
  bring_up "$1" "$2"
  bring_up "$4" "$5"
}

bring_up() { # NS NAME
  ip netns exec "$1" ethtool -K "$2" tx off rx off sg off tso off gso off gro off >/dev/null
  ip -n "$1" link set "$2" up
}

# The tag is put on by a program, so that this also works on a kernel without 802.1Q devices.
build_vlan() {
  ip netns add wr-vclient
  ip netns add wr-vserver
  local side
  for side in wr-vclient wr-vserver wr-client wr-server; do
    ip netns exec "$side" sysctl -qw net.ipv6.conf.default.disable_ipv6=1
  done
  connect wr-vclient wr-vcli 02:78:00:00:00:01 wr-client wr-acc-c 02:78:00:00:00:11
  connect wr-vserver wr-vsrv 02:78:00:00:00:02 wr-server wr-acc-s 02:78:00:00:00:12
  ip -n wr-vclient addr add 10.78.1.1/16 dev wr-vcli
  ip -n wr-vserver addr add 10.78.2.1/16 dev wr-vsrv
  ip netns exec wr-client "$parts/vlan_port.py" wr-acc-c wr-cli 7 >"$work/log/vlan_port.client" 2>&1 &
  ip netns exec wr-server "$parts/vlan_port.py" wr-acc-s wr-srv 7 >"$work/log/vlan_port.server" 2>&1 &
}

# Gives both ends their addresses, and routes that make programs use them as their own without being told.
peer() { # CLIENT SERVER
  if [[ $1 == *:* ]]; then
    ip -n wr-client addr replace "$1/64" dev wr-cli nodad
    ip -n wr-server addr replace "$2/64" dev wr-srv nodad
    ip -n wr-client route replace "$2/128" dev wr-cli src "$1"
  else
    ip -n wr-client addr replace "$1/16" dev wr-cli
    ip -n wr-server addr replace "$2/16" dev wr-srv
    ip -n wr-client route replace "$2/32" dev wr-cli src "$1"
    ip -n wr-server route replace "$1/32" dev wr-srv src "$2"
  fi
}

# Starts a daemon in the server's namespace and leaves it running; it ends with the recording.
serve() { # NAME COMMAND...
  local name=$1
  shift
  ip netns exec wr-server "$@" >"$work/log/$name.daemon" 2>&1 </dev/null &
}

await_port() { # tcp|udp ADDRESS PORT [NAMESPACE]
  local try listening="${2}:${3}"
  [[ $2 == *:* ]] && listening="[$2]:$3"
  for ((try = 0; try < 200; try++)); do
    ip netns exec "${4:-wr-server}" ss -Hln "--$1" | awk '{print $4}' |
      grep -qxF -e "$listening" -e "0.0.0.0:$3" -e "*:$3" && return 0
    sleep 0.1
  done
  echo "nothing listens on $1 $2 port $3" >&2
  return 1
}

start_capture() {
  : >"$work/log/tcpdump"
  ip netns exec wr-client tcpdump -i wr-cli -n -s 0 -B 32768 -Z root -U -w "$work/raw.pcap" \
    >"$work/log/tcpdump" 2>&1 &
  capture=$!
  until grep -q 'listening on' "$work/log/tcpdump"; do sleep 0.1; done
}

stop_capture() {
  sleep 2 # the last packets of connections that were just closed
  kill -INT "$capture"
  wait "$capture"
  grep -q '^0 packets dropped by kernel' "$work/log/tcpdump"
  editcap -F pcapng "$work/raw.pcap" "$work/unordered.pcapng"
  reordercap "$work/unordered.pcapng" "$work/sample.pcapng" # two processors stamp sent and received packets
}

# One row for every flow that a conversation is about to start. `*` stands for what it cannot know.
truth() { # APPLICATION TRANSPORT CLIENT CLIENT_PORT SERVER SERVER_PORT NOTE
  local IFS=,
  echo "$*" >>"$work/rows"
}

write_truth() {
  echo application,transport,client,clientPort,server,serverPort,note >"$work/sample.truth.csv"
  LC_ALL=C sort "$work/rows" >>"$work/sample.truth.csv"
}
