# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2154 # work and parts come from record.sh
#
# What a network runs on: ping, DNS, DHCP, NTP, SNMP, syslog, TFTP.

talk_ping() {
  truth ICMP icmp '*' '*' '*' '*' 'ping; and port unreachable where a program left before its peer'
  truth ICMPv6 icmp6 '*' '*' '*' '*' 'ping; neighbour discovery; multicast listener reports'
  peer 10.77.1.1 10.77.2.1
  peer fd77::1:1 fd77::2:1
  on_client ping -q -c 46 -i 1 10.77.2.1 &
  on_client ping -q -c 16 -i 3 fd77::2:1
  wait
}

# A name with an answer of about 3,000 bytes: over UDP it only fits in fragments, or else DNS goes to TCP.
serve_dns() {
  local line
  {
    printf '%s\n' no-resolv no-hosts no-daemon user=root pid-file= bind-interfaces edns-packet-max=4096 \
      "listen-address=$1" "listen-address=$2" address=/www.weir.example/10.77.2.80 \
      address=/www.weir.example/fd77::2:80 mx-host=weir.example,mail.weir.example,10 address=/mail.weir.example/10.77.2.25
    for line in {1..14}; do
      echo "txt-record=large.weir.example,\"$line $(head -c 90 /dev/urandom | od -An -tx1 | tr -d ' \n')\""
    done
  } >"$work/dnsmasq.conf"
  serve dns dnsmasq -C "$work/dnsmasq.conf"
  await_port udp "$1" 53
  await_port udp "$2" 53
}

talk_dns() {
  local client=10.77.1.15 server=10.77.2.53 client6=fd77::1:15 server6=fd77::2:53 name
  peer "$client" "$server"
  peer "$client6" "$server6"
  serve_dns "$server" "$server6"
  truth DNS udp "$client" '*' "$server" 53 'A; AAAA; MX; a missing name; a TXT answer of 3 kB in IP fragments'
  truth DNS tcp "$client" '*' "$server" 53 'the same TXT answer over TCP after a truncated one'
  truth DNS udp "$client6" '*' "$server6" 53 'over IPv6; a TXT answer of 3 kB with fragment headers'
  for name in 'www A' 'www AAAA' 'mail A' 'missing A'; do
    on_client dig "@$server" "${name% *}.weir.example" "${name#* }" +tries=1
    sleep 1
  done
  on_client dig "@$server" weir.example MX +tries=1
  on_client dig "@$server" large.weir.example TXT +bufsize=4096 +tries=1
  on_client dig "@$server" large.weir.example TXT +bufsize=512 +tries=1
  on_client dig "@$server6" www.weir.example AAAA +tries=1
  on_client dig "@$server6" large.weir.example TXT +bufsize=4096 +tries=1
}

# The client asks as 0.0.0.0 and takes no address from what it is offered.
talk_dhcp() {
  truth DHCP udp 0.0.0.0 68 255.255.255.255 67 'client to server; broadcast'
  truth DHCP udp 10.77.2.1 67 255.255.255.255 68 'server to client; broadcast'
  serve dhcp dnsmasq --no-daemon --user=root --pid-file= --port=0 --conf-file=/dev/null --interface=wr-srv --no-ping \
    --dhcp-range=10.77.3.10,10.77.3.20,1h --dhcp-leasefile="$work/leases" --dhcp-broadcast --dhcp-authoritative
  await_port udp 0.0.0.0 67
  on_client busybox udhcpc -i wr-cli -B -n -q -f -t 5 -s /bin/true -x hostname:wr-laptop
}

talk_ntp() {
  local client=10.77.1.16 server=10.77.2.123
  peer "$client" "$server"
  printf '%s\n' 'local stratum 5' 'allow all' "bindaddress $server" 'cmdport 0' "pidfile $work/chronyd.pid" \
    >"$work/chrony.conf"
  serve ntp chronyd -d -x -u root -f "$work/chrony.conf"
  await_port udp "$server" 123
  truth NTP udp "$client" '*' "$server" 123 'ntpdig; then chronyd with iburst'
  on_client ntpdig "$server"
  on_client chronyd -Q -t 20 -u root -f /dev/null "pidfile $work/chronyc.pid" 'cmdport 0' "server $server iburst"
}

talk_snmp() {
  local client=10.77.1.17 server=10.77.2.161 interfaces=1.3.6.1.2.1.2.2.1
  peer "$client" "$server"
  mkdir -p "$work/snmp"
  printf '%s\n' 'rocommunity public' 'sysDescr Weir sample router' 'sysLocation sample' 'rouser operator' \
    'createUser operator SHA "weir-sample" AES "weir-sample"' >"$work/snmpd.conf"
  serve snmp env SNMP_PERSISTENT_DIR="$work/snmp" snmpd -f -C -c "$work/snmpd.conf" -Lo "udp:$server:161"
  await_port udp "$server" 161
  truth SNMP udp "$client" '*' "$server" 161 'v1 get; v2c get and bulk walk; v3 with authentication and encryption'
  on_client snmpget -v1 -c public "$server" 1.3.6.1.2.1.1.1.0
  on_client snmpget -v2c -c public "$server" 1.3.6.1.2.1.1.3.0
  on_client snmpbulkwalk -v2c -c public "$server" "$interfaces"
  on_client snmpwalk -v3 -l authPriv -u operator -a SHA -A weir-sample -x AES -X weir-sample "$server" "$interfaces.2"
}

talk_syslog() {
  local client=10.77.1.18 server=10.77.2.14 line
  peer "$client" "$server"
  printf '%s\n' "global(workDirectory=\"$work\")" 'module(load="imudp")' 'module(load="imtcp")' \
    "input(type=\"imudp\" address=\"$server\" port=\"514\")" \
    "input(type=\"imtcp\" address=\"$server\" port=\"514\")" "*.* $work/log/syslog.received" >"$work/rsyslog.conf"
  serve syslog rsyslogd -n -f "$work/rsyslog.conf" -i "$work/rsyslogd.pid"
  await_port udp "$server" 514
  await_port tcp "$server" 514
  truth Syslog udp "$client" '*' "$server" 514 'RFC 3164 and RFC 5424'
  truth Syslog tcp "$client" '*' "$server" 514 'octet-counted'
  for line in 'link up' 'link down' 'login of alice'; do
    on_client logger -n "$server" -P 514 -d --rfc3164 -t gate "$line"
    on_client logger -n "$server" -P 514 -d --rfc5424 -t gate "$line"
  done
  on_client logger -n "$server" -P 514 -T --octet-count -t gate 'link up again'
}

# Blocks of 4,096 bytes, so each data packet comes in three fragments.
talk_tftp() {
  local client=10.77.1.19 server=10.77.2.69
  peer "$client" "$server"
  mkdir -p "$work/tftp"
  head -c 60000 /dev/urandom >"$work/tftp/firmware.img"
  chmod -R a+rX "$work/tftp"
  serve tftp in.tftpd -L -a "$server:69" -R 40069:40069 -s "$work/tftp"
  await_port udp "$server" 69
  truth TFTP udp "$client" '*' "$server" 69 'the read request'
  truth TFTP udp "$server" 40069 "$client" '*' 'the data; the server answers from another port; IP fragments'
  on_client curl -s -o /dev/null --tftp-blksize 4096 "tftp://$server/firmware.img"
}
