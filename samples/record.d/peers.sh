# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2154 # work and parts come from record.sh
#
# BitTorrent: a tracker, aria2 as the downloader, transmission as the seed.

# The downloader announces itself first, so that the seed is who opens the connection: transmission begins with the
# plain handshake, where aria2 would begin with the obfuscated one.
talk_bittorrent() {
  local seed=10.77.1.71 tracker=10.77.2.70 leech=10.77.2.71 leech_port=27531 folder=$work/bittorrent
  peer "$seed" "$tracker"
  peer "$seed" "$leech"
  make_torrent "$folder" "http://$tracker:6969/announce"
  serve_tracker "$tracker" "$folder/sample.torrent"
  truth BitTorrent tcp "$seed" '*' "$tracker" 6969 'announces to the tracker (HTTP)'
  truth BitTorrent tcp "$seed" '*' "$leech" "$leech_port" 'between peers; handshake in plain text'
  truth BitTorrent udp "$seed" 38211 "$leech" 27532 'DHT; either end may be first'
  start_leech "$folder" "$leech" "$leech_port"
  local downloading=$!
  await_port tcp "$leech" "$leech_port"
  sleep 2
  start_seed "$folder" "$seed"
  local seeding=$!
  wait "$downloading"
  kill -KILL "$seeding" # it keeps its connection to the tracker open, and this version crashes when asked to end
  cmp "$folder/leech/water.bin" "$folder/seed/water.bin"
}

make_torrent() { # FOLDER ANNOUNCE_URL
  mkdir -p "$1/seed" "$1/leech" "$1/seed-config/torrents"
  head -c 600000 /dev/urandom >"$1/seed/water.bin"
  transmission-create -o "$1/sample.torrent" -t "$2" -s 32 "$1/seed/water.bin"
}

serve_tracker() { # ADDRESS TORRENT: Debian's opentracker only serves torrents that it is told
  mkdir -p "$work/tracker"
  transmission-show "$2" | awk '$1 == "Hash:" { print $2 }' >"$work/tracker/whitelist"
  serve tracker opentracker -i "$1" -p 6969 -d "$work/tracker" -u nobody -w whitelist
  await_port tcp "$1" 6969
}

start_leech() { # FOLDER ADDRESS PORT
  serve leech timeout 60 aria2c --no-conf --dir="$1/leech" --seed-time=0 --listen-port="$3" --interface="$2" \
    --enable-dht=true --dht-listen-port=27532 --dht-file-path="$1/dht.dat" --bt-enable-lpd=false \
    --enable-peer-exchange=false --max-download-limit=40K --bt-stop-timeout=50 --file-allocation=none \
    --summary-interval=0 "$1/sample.torrent"
}

start_seed() { # FOLDER ADDRESS
  cp "$1/sample.torrent" "$1/seed-config/torrents/"
  cat >"$1/seed-config/settings.json" <<END
{ "bind-address-ipv4": "$2", "bind-address-ipv6": "::1", "peer-port": 38211, "download-dir": "$1/seed",
  "dht-enabled": true, "lpd-enabled": false, "pex-enabled": false, "utp-enabled": false, "encryption": 0,
  "port-forwarding-enabled": false, "rpc-enabled": false, "blocklist-enabled": false }
END
  ip netns exec wr-client transmission-daemon -f -g "$1/seed-config" >"$work/log/seed" 2>&1 &
}
