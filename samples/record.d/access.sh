# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2154 # work and parts come from record.sh
#
# Remote access and file transfer: SSH, Telnet, FTP.

talk_ssh() { talk_ssh_at 10.77.1.21 10.77.2.22 22 'a session of 20 seconds'; }
talk_ssh_on_443() { talk_ssh_at 10.77.1.22 10.77.2.43 443 'the port lies: SSH on the port of HTTPS' 6; }
talk_ssh_ipv6() { talk_ssh_at fd77::1:22 fd77::2:22 22 'over IPv6' 4; }

talk_ssh_at() { # CLIENT SERVER PORT NOTE [SECONDS]
  local client=$1 server=$2 port=$3 note=$4 seconds=${5:-20} folder=$work/ssh-$3-${2//:/-}
  peer "$client" "$server"
  mkdir -p "$folder"
  ssh-keygen -q -t ed25519 -N '' -f "$folder/host"
  ssh-keygen -q -t ed25519 -N '' -f "$folder/user"
  cp "$folder/user.pub" "$folder/authorized"
  serve "ssh-$port-${server//:/-}" /usr/sbin/sshd -D -e -f /dev/null -h "$folder/host" -o "ListenAddress=$server" \
    -o "Port=$port" -o UsePAM=no -o StrictModes=no -o PermitRootLogin=yes -o PidFile=none \
    -o "AuthorizedKeysFile=$folder/authorized"
  await_port tcp "$server" "$port"
  truth SSH tcp "$client" '*' "$server" "$port" "$note"
  on_client ssh -F none -i "$folder/user" -p "$port" -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null \
    "root@$server" "for i in \$(seq $seconds); do date; sleep 1; done"
}

# busybox's telnet reads its keys from a pipe here; the pauses are the typist's.
talk_telnet() {
  local client=10.77.1.23 server=10.77.2.23 key
  peer "$client" "$server"
  serve telnet socat "TCP-LISTEN:23,bind=$server,reuseaddr" 'EXEC:telnetd -h --exec-login=/bin/sh,nofork'
  await_port tcp "$server" 23
  truth Telnet tcp "$client" '*' "$server" 23 'option negotiation; then a shell'
  for key in '' 'echo weir' 'uname' 'exit'; do
    sleep 1
    echo "$key"
  done | on_client busybox telnet "$server" || [[ $? -eq 1 ]] # its status when the server closes first
}

talk_ftp() {
  local client=10.77.1.24 server=10.77.2.21 passive=40021
  peer "$client" "$server"
  serve_ftp "$server" "$passive"
  truth FTP tcp "$client" '*' "$server" 21 'control; passive and active'
  truth FTP-Data tcp "$client" '*' "$server" "$passive" 'passive: listing; download; upload'
  truth FTP-Data tcp "$server" 20 "$client" '*' 'active: the server opens the connection'
  on_client lftp -c "set net:timeout 10; set cmd:fail-exit yes; open ftp://$server; ls
    cat archive.bin > /dev/null; cd incoming; put /etc/services -o services"
  on_client curl -s -o /dev/null -P - --disable-eprt "ftp://$server/notes.txt"
}

serve_ftp() { # SERVER PASSIVE_PORT
  local folder=$work/ftp
  mkdir -p "$folder/root/incoming" "$folder/empty"
  head -c 300000 /dev/urandom >"$folder/root/archive.bin"
  cp /usr/share/common-licenses/BSD "$folder/root/notes.txt"
  chmod 777 "$folder/root/incoming"
  printf '%s\n' listen=YES "listen_address=$1" anonymous_enable=YES "anon_root=$folder/root" \
    write_enable=YES anon_upload_enable=YES anon_max_rate=60000 secure_chroot_dir="$folder/empty" \
    "pasv_min_port=$2" "pasv_max_port=$2" connect_from_port_20=YES seccomp_sandbox=NO background=NO \
    >"$folder/vsftpd.conf"
  serve ftp vsftpd "$folder/vsftpd.conf"
  await_port tcp "$1" 21
}
