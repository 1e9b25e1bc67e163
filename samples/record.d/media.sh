# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2154 # work and parts come from record.sh
#
# Telephony: SIP, RTP, RTCP.

# Two softphones; each sends a tone in G.711, 20 ms per packet, and RTCP reports.
talk_sip() {
  local caller=10.77.1.51 callee=10.77.2.61
  peer "$caller" "$callee"
  make_phone bob "$callee" ';answermode=auto'
  make_phone alice "$caller" ''
  serve sip-bob baresip -f "$work/phone-bob" -t 45
  await_port udp "$callee" 5060
  truth SIP udp "$caller" 5060 "$callee" 5060 'a call of 15 seconds: INVITE; ACK; BYE'
  truth RTP udp "$caller" 16384 "$callee" 16384 'G.711 both ways'
  truth RTCP udp "$caller" 16385 "$callee" 16385 'reports both ways'
  on_client baresip -f "$work/phone-alice" -t 15 -e "/dial sip:bob@$callee" </dev/null
}

make_phone() { # NAME ADDRESS ACCOUNT_PARAMETERS
  local folder=$work/phone-$1
  mkdir -p "$folder"
  echo "<sip:$1@$2>;regint=0;audio_codecs=pcma$3" >"$folder/accounts"
  : >"$folder/contacts"
  cat >"$folder/config" <<END
sip_listen $2:5060
net_interface $2
audio_source ausine,440
audio_player aufile,$folder/heard.wav
audio_alert aufile,$folder/alert.wav
ausrc_srate 48000
auplay_srate 8000
ausrc_channels 2
auplay_channels 1
rtp_ports 16384-16386
rtcp_mux no
statmode_default off
module_path /usr/lib/baresip/modules
module g711.so
module ausine.so
module aufile.so
module_tmp uuid.so
module_tmp account.so
module_app contact.so
module_app menu.so
END
}

# Signalling only, and over TCP.
talk_sip_tcp() {
  local client=10.77.1.52 server=10.77.2.62
  peer "$client" "$server"
  serve sip-tcp sipp -sn uas -t t1 -i "$server" -p 5060 -nostdin -timeout 30
  await_port tcp "$server" 5060
  truth SIP tcp "$client" '*' "$server" 5060 'three calls without media'
  (cd "$work" && on_client sipp "$server:5060" -sn uac -t t1 -i "$client" -m 3 -r 1 -d 1000 -nostdin -timeout 20)
}
