# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2154 # work and parts come from record.sh
#
# Mail and chat: SMTP, IMAP, POP3, IRC.

talk_smtp() {
  local client=10.77.1.31 server=10.77.2.25
  peer "$client" "$server"
  serve_smtp "$server"
  truth SMTP tcp "$client" '*' "$server" 25 'a message in plain text; then one after STARTTLS'
  local message=(--server "$server" --helo wr-laptop.weir.example --from alice@weir.example --to bob@weir.example)
  on_client swaks "${message[@]}" --header 'Subject: level' --body 'The weir stands at three metres.'
  on_client swaks "${message[@]}" --tls --attach @/usr/share/common-licenses/BSD
}

serve_smtp() { # SERVER
  local folder=$work/smtp
  mkdir -p "$folder/spool"
  chown -R Debian-exim: "$folder"
  make_certificate mail.weir.example "$folder/key" "$folder/certificate"
  cat >"$folder/exim.conf" <<END
primary_hostname = mail.weir.example
spool_directory = $folder/spool
log_file_path = $folder/%slog
pid_file_path = $folder/pid
local_interfaces = $1
tls_advertise_hosts = *
tls_certificate = $folder/certificate
tls_privatekey = $folder/key
acl_smtp_rcpt = accept_all
acl_smtp_data = accept_all
rfc1413_query_timeout = 0s
begin acl
accept_all:
  accept
begin routers
drop:
  driver = redirect
  data = :blackhole:
END
  chmod 644 "$folder/exim.conf"
  serve smtp exim4 -C "$folder/exim.conf" -bdf -oX 25
  await_port tcp "$1" 25
}

serve_mailbox() { # NAME PROTOCOL SERVER PORT
  local folder=$work/$1
  mkdir -p "$folder/mail/cur" "$folder/mail/new" "$folder/mail/tmp" "$folder/run"
  make_certificate mail.weir.example "$folder/key" "$folder/certificate"
  printf 'From: alice@weir.example\nSubject: level\n\nThe weir stands at three metres.\n' >"$folder/mail/new/1.weir"
  chown -R nobody:nogroup "$folder/mail"
  cat >"$folder/dovecot.conf" <<END
protocols = $2
listen = $3
base_dir = $folder/run
state_dir = $folder/run
log_path = /dev/stderr
disable_plaintext_auth = no
ssl = yes
ssl_cert = <$folder/certificate
ssl_key = <$folder/key
mail_location = maildir:$folder/mail
mail_uid = nobody
mail_gid = nogroup
first_valid_uid = 0
first_valid_gid = 0
default_vsz_limit = 0
passdb {
  driver = static
  args = password=sample
}
userdb {
  driver = static
  args = uid=nobody gid=nogroup home=$folder/mail
}
service imap-login {
  inet_listener imaps {
    port = 0
  }
}
service pop3-login {
  inet_listener pop3s {
    port = 0
  }
}
END
  serve "$1" dovecot -F -c "$folder/dovecot.conf"
  await_port tcp "$3" "$4"
}

talk_imap() {
  local client=10.77.1.32 server=10.77.2.143
  peer "$client" "$server"
  serve_mailbox imap imap "$server" 143
  truth IMAP tcp "$client" '*' "$server" 143 'folders; a message; a search; then one session after STARTTLS'
  on_client curl -s -u alice:sample "imap://$server/"
  on_client curl -s -u alice:sample "imap://$server/INBOX;MAILINDEX=1"
  on_client curl -s -u alice:sample "imap://$server/INBOX" -X 'SEARCH ALL'
  on_client curl -sk --ssl-reqd -u alice:sample "imap://$server/INBOX;MAILINDEX=1"
}

talk_pop3() {
  local client=10.77.1.33 server=10.77.2.110
  peer "$client" "$server"
  serve_mailbox pop3 pop3 "$server" 110
  truth POP3 tcp "$client" '*' "$server" 110 'list; retrieve'
  on_client curl -s -u alice:sample "pop3://$server/"
  on_client curl -s -u alice:sample "pop3://$server/1"
}

talk_irc() {
  local server=10.77.2.194 alice=10.77.1.34
  peer "$alice" "$server"
  serve_irc "$server"
  truth IRC tcp "$alice" '*' "$server" 6667 'two people in one channel; both connections from one host'
  start_irc_client alice "$server"
  start_irc_client bob "$server"
  irc_says alice '/j #weir'
  irc_says bob '/j #weir'
  for line in 'the level is rising' 'how much?' 'three metres' 'opening the gate'; do
    irc_says alice "$line" '#weir'
    irc_says bob "ack: $line" '#weir'
  done
  irc_says bob '/l leaving' '#weir'
  echo '/q' >"$work/irc-alice/$server/in"
  echo '/q' >"$work/irc-bob/$server/in"
  sleep 2
}

serve_irc() { # SERVER
  printf '%s\n' '[Global]' 'Name = irc.weir.example' 'Info = sample' "Listen = $1" 'Ports = 6667' 'ServerUID = nobody' \
    'ServerGID = nogroup' 'MotdPhrase = welcome' '[Options]' 'DNS = no' 'Ident = no' 'PAM = no' >"$work/ngircd.conf"
  serve irc ngircd -n -f "$work/ngircd.conf"
  await_port tcp "$1" 6667
}

# ii takes what is written into its pipes.
start_irc_client() { # NICK SERVER
  on_client ii -i "$work/irc-$1" -s "$2" -n "$1" -f "$1" &
  until [[ -p $work/irc-$1/$2/in ]]; do sleep 0.2; done
  sleep 1
}

irc_says() { # NICK LINE [CHANNEL]
  local pipe=$work/irc-$1/10.77.2.194/${3:-}/in
  until [[ -p $pipe ]]; do sleep 0.2; done
  echo "$2" >"$pipe"
  sleep 1
}
