# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2154 # work and parts come from record.sh
#
# HTTP and TLS: curl and nginx.

# One nginx per conversation. The second argument is nginx's `listen`, the third further lines of the server block.
serve_web() { # NAME LISTEN [LINES [COMMAND_PREFIX...]]
  local folder=$work/$1 listen=$2 lines=${3:-} prefix=("${@:4}")
  mkdir -p "$folder/www" "$folder/tmp"
  make_pages "$folder/www"
  cat >"$folder/nginx.conf" <<END
daemon off; master_process off; pid $folder/pid; error_log stderr;
events {}
http {
  access_log off; default_type text/html; types { image/jpeg jpg; text/css css; }
  client_body_temp_path $folder/tmp; proxy_temp_path $folder/tmp; fastcgi_temp_path $folder/tmp;
  uwsgi_temp_path $folder/tmp; scgi_temp_path $folder/tmp;
  server {
    listen $listen; root $folder/www; $lines
    location /form { return 204; }
  }
}
END
  if ((${#prefix[@]})); then
    "${prefix[@]}" nginx -c "$folder/nginx.conf" >"$work/log/$1.daemon" 2>&1 </dev/null &
  else
    serve "$1" nginx -c "$folder/nginx.conf"
  fi
}

make_pages() { # FOLDER
  printf '<!doctype html><title>Weir</title><link rel=stylesheet href=style.css><img src=dam.jpg>\n' >"$1/index.html"
  for _ in {1..40}; do echo 'p { margin: 1em; color: #234; }'; done >"$1/style.css"
  head -c 24000 /dev/urandom >"$1/dam.jpg"
  head -c 500000 /dev/urandom >"$1/archive.bin"
}

# Several requests on one connection, then a download that takes a while.
talk_http() {
  local client=10.77.1.11 server=10.77.2.80
  peer "$client" "$server"
  serve_web http "$server:80" 'location /archive.bin { limit_rate 20k; }'
  await_port tcp "$server" 80
  truth HTTP tcp "$client" '*' "$server" 80 'pages; a form; a missing page; a download on a connection of its own'
  local page='http://www.weir.example' to=(--resolve "www.weir.example:80:$server")
  on_client curl -s "${to[@]}" -o /dev/null "$page/" -o /dev/null "$page/style.css" -o /dev/null "$page/dam.jpg"
  on_client curl -s "${to[@]}" -o /dev/null "$page/archive.bin"
  on_client curl -s "${to[@]}" -d 'name=weir&level=3' "$page/form"
  on_client curl -s "${to[@]}" -o /dev/null -I "$page/missing"
}

talk_http_ipv6() {
  local client=fd77::1:12 server=fd77::2:80
  peer "$client" "$server"
  serve_web http-ipv6 "[$server]:8080"
  await_port tcp "$server" 8080
  truth HTTP tcp "$client" '*' "$server" 8080 'over IPv6; not on port 80'
  on_client curl -s -o /dev/null "http://[$server]:8080/" -o /dev/null "http://[$server]:8080/dam.jpg"
}

talk_http_on_53() {
  local client=10.77.1.12 server=10.77.2.83
  peer "$client" "$server"
  serve_web http-on-53 "$server:53" 'limit_rate 3k;'
  await_port tcp "$server" 53
  truth HTTP tcp "$client" '*' "$server" 53 'the port lies: HTTP on the port of DNS'
  on_client curl -s -o /dev/null "http://$server:53/dam.jpg"
}

talk_http_vlan() {
  serve_web http-vlan 10.78.2.1:80 '' ip netns exec wr-vserver
  await_port tcp 10.78.2.1 80 wr-vserver
  truth HTTP tcp 10.78.1.1 '*' 10.78.2.1 80 'in VLAN 7 (802.1Q)'
  timeout 60 ip netns exec wr-vclient curl -s -o /dev/null http://10.78.2.1/ -o /dev/null http://10.78.2.1/dam.jpg
}

talk_tls() {
  talk_tls_version 10.77.1.13 10.77.2.112 1.2 shop.weir.example
  talk_tls_version 10.77.1.14 10.77.2.113 1.3 mail.weir.example
}

talk_tls_version() { # CLIENT SERVER VERSION NAME
  local key=$work/tls-$3.key certificate=$work/tls-$3.crt
  peer "$1" "$2"
  make_certificate "$4" "$key" "$certificate"
  serve_web "tls-$3" "$2:443 ssl http2" "ssl_certificate $certificate; ssl_certificate_key $key; ssl_protocols TLSv$3;"
  await_port tcp "$2" 443
  truth TLS tcp "$1" '*' "$2" 443 "TLS $3 with SNI $4; HTTP/2 inside"
  on_client curl -sk --resolve "$4:443:$2" -o /dev/null "https://$4/" -o /dev/null "https://$4/dam.jpg"
}

make_certificate() { # NAME KEY_FILE CERTIFICATE_FILE
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 3650 -subj "/CN=$1" \
    -addext "subjectAltName=DNS:$1" -keyout "$2" -out "$3"
  chmod 644 "$2" # a daemon's own user reads it; it protects nothing
}
