#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Records sample.pcapng and sample.truth.csv: real programs talk to each other between two network
# namespaces, and every conversation writes down what it started. See README.md.
#
# usage: record.sh              records and checks everything, and replaces the files
#        record.sh talk_sip …   tries some conversations and checks them; replaces nothing
set -euo pipefail

samples=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
parts=$samples/record.d

# Everything the recording needs from Debian, in one place: "command package".
needs='
aria2c aria2
baresip baresip-core
busybox busybox
capinfos wireshark-common
chronyd chrony
curl curl
dig bind9-dnsutils
dnsmasq dnsmasq-base
dovecot dovecot-imapd
/usr/lib/dovecot/pop3 dovecot-pop3d
ethtool ethtool
exim4 exim4-daemon-light
hostname hostname
ii ii
in.tftpd tftpd-hpa
ip iproute2
ldapsearch ldap-utils
lftp lftp
logger bsdutils
mariadb mariadb-client
mariadbd mariadb-server
mosquitto mosquitto
mosquitto_pub mosquitto-clients
nginx nginx-light
ngircd ngircd
ntpdig ntpsec-ntpdig
openssl openssl
opentracker opentracker
ping iputils-ping
/usr/share/doc/postgresql postgresql
python3 python3
redis-cli redis-tools
redis-server redis-server
rsyslogd rsyslog
setpriv util-linux
sipp sip-tester
slapd slapd
snmpd snmpd
snmpget snmp
socat socat
ssh openssh-client
sshd openssh-server
swaks swaks
sysctl procps
/usr/share/doc/libnet-ssleay-perl libnet-ssleay-perl
tcpdump tcpdump
telnetd inetutils-telnetd
transmission-create transmission-cli
transmission-daemon transmission-daemon
tshark tshark
vsftpd vsftpd
'

require_packages() {
  local command package missing=()
  while read -r command package; do
    [[ -z $command || -e $command ]] && continue
    command -v "$command" >/dev/null || missing+=("$package")
  done <<<"$needs"
  ((${#missing[@]})) || return 0
  echo "record.sh: programs are missing. Install them with:" >&2
  echo "  apt-get install --no-install-recommends ${missing[*]}" >&2
  exit 1
}

# All daemons live in private mount and PID namespaces: whatever ends this script, also kill -9, the kernel
# ends every process it started and drops its network namespaces and files. The host's logs stay clean, too.
isolate() {
  export WEIR_RECORD_INSIDE=1
  exec timeout --kill-after=10 300 setpriv --pdeathsig KILL \
    unshare --mount --uts --pid --fork --kill-child --mount-proc "$samples/record.sh" "$@"
}

prepare_private_host() {
  hostname weir-sample # programs tell their peers; the recording machine's own name is nobody's business
  mount -t tmpfs -o mode=755 tmpfs /run
  mount -t tmpfs -o mode=755 tmpfs /var/log
  work=/run/weir-record
  export HOME=$work
  mkdir -p "$work/log" /run/sshd /run/lock /var/log/nginx
  : >"$work/resolv.conf" # no program may try to reach a real name server
  mount --bind "$work/resolv.conf" /etc/resolv.conf
}

# Its trace goes to a log that is shown if it fails.
start_conversation() { # AFTER_SECONDS NAME
  (
    sleep "$1"
    set -x
    "$2"
  ) >"$work/log/$2" 2>&1 &
  conversations[$!]=$2
}

await_conversations() {
  local pid failed=()
  for pid in "${!conversations[@]}"; do
    wait "$pid" || failed+=("${conversations[$pid]}")
  done
  ((${#failed[@]})) || return 0
  local name
  for name in "${failed[@]}"; do
    echo "record.sh: $name failed:" >&2
    tail -n 25 "$work/log/$name" >&2
  done
  return 1
}

publish() {
  install -m 644 "$work/sample.pcapng" "$samples/sample.pcapng"
  install -m 644 "$work/sample.truth.csv" "$samples/sample.truth.csv"
}

keep_work() { # for debugging: WEIR_RECORD_KEEP=/some/folder keeps the logs and what was recorded
  [[ -n ${WEIR_RECORD_KEEP:-} ]] || return 0
  mkdir -p "$WEIR_RECORD_KEEP"
  cp -r "$work/log" "$work"/sample.* "$WEIR_RECORD_KEEP" || true
}

main() {
  [[ $EUID -eq 0 ]] || { echo "record.sh: needs root (network namespaces)" >&2; exit 1; }
  export PATH=/usr/local/sbin:/usr/sbin:/sbin:$PATH
  require_packages
  [[ -n ${WEIR_RECORD_INSIDE:-} ]] || isolate "$@"
  trap 'exit 130' INT TERM # this shell is PID 1 of its namespace, where signals have no default action
  prepare_private_host
  trap keep_work EXIT

  local part
  for part in "$parts"/*.sh; do
    # shellcheck source=/dev/null
    source "$part"
  done

  declare -A conversations=()
  build_network
  start_capture
  if (($#)); then
    schedule_only "$@"
  else
    schedule
  fi
  await_conversations
  stop_capture
  write_truth
  "$parts/check_truth.py" "$work/sample.pcapng" "$work/sample.truth.csv"
  (($#)) || publish
  capinfos -csud "$work/sample.pcapng"
}

schedule_only() { # CONVERSATION...: to try a new one; nothing is published
  local name
  for name; do start_conversation 0 "$name"; done
}

# Seconds after the start of the capture. Long conversations start early so that many overlap.
schedule() {
  start_conversation 0 talk_ping
  start_conversation 0 talk_postgresql
  start_conversation 0 talk_mysql
  start_conversation 1 talk_mqtt
  start_conversation 2 talk_dns
  start_conversation 3 talk_http
  start_conversation 4 talk_irc
  start_conversation 5 talk_ssh
  start_conversation 6 talk_tls
  start_conversation 7 talk_bittorrent
  start_conversation 9 talk_ntp
  start_conversation 11 talk_redis
  start_conversation 13 talk_sip
  start_conversation 15 talk_ftp
  start_conversation 17 talk_http_ipv6
  start_conversation 19 talk_syslog
  start_conversation 21 talk_smtp
  start_conversation 22 talk_http_on_53
  start_conversation 24 talk_imap
  start_conversation 26 talk_snmp
  start_conversation 28 talk_pop3
  start_conversation 29 talk_http_vlan
  start_conversation 31 talk_ssh_on_443
  start_conversation 33 talk_tftp
  start_conversation 35 talk_telnet
  start_conversation 37 talk_ldap
  start_conversation 39 talk_dhcp
  start_conversation 40 talk_ssh_ipv6
  start_conversation 42 talk_sip_tcp
}

main "$@"
