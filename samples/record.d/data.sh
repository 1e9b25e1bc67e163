# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2154 # work and parts come from record.sh
#
# Databases and messaging: PostgreSQL, MySQL, Redis, LDAP, MQTT.

# Three openings of the same protocol: at once in plain text, SSLRequest answered N, SSLRequest answered S.
talk_postgresql() {
  local client=10.77.1.41 plain=10.77.2.54 secure=10.77.2.55
  peer "$client" "$plain"
  peer "$client" "$secure"
  serve_postgresql "$plain" off
  serve_postgresql "$secure" on
  truth PostgreSQL tcp "$client" '*' "$plain" 5432 'plain text at once; and plain text after SSLRequest answered N'
  truth PostgreSQL tcp "$client" '*' "$secure" 5432 'SSLRequest answered S; then TLS'
  local rows='select i, md5(i::text) from generate_series(1, 200) i'
  ask_postgresql "$plain" disable "$rows"
  ask_postgresql "$plain" prefer "$rows"
  ask_postgresql "$secure" require "$rows"
}

ask_postgresql() { # SERVER SSLMODE SQL
  printf '%s;\n' 'create temp table level(at timestamp, metres real)' 'insert into level values (now(), 3)' "$3" \
    'select * from missing' 'select pg_sleep(3)' |
    on_client psql -q "host=$1 user=postgres dbname=postgres sslmode=$2" >/dev/null
}

serve_postgresql() { # SERVER SSL
  local folder=$work/postgresql-$1 programs
  programs=$(echo /usr/lib/postgresql/*/bin)
  mkdir -p "$folder"
  make_certificate db.weir.example "$folder/key" "$folder/certificate"
  chmod 600 "$folder/key"
  chown -R postgres: "$folder"
  local as=(setpriv --reuid postgres --regid postgres --clear-groups)
  (cd / && "${as[@]}" "$programs/initdb" -N -D "$folder/data" -A trust)
  echo 'host all all 10.77.0.0/16 trust' >>"$folder/data/pg_hba.conf"
  serve "postgresql-$1" "${as[@]}" "$programs/postgres" -D "$folder/data" -h "$1" -k "$folder" \
    -c "ssl=$2" -c "ssl_cert_file=$folder/certificate" -c "ssl_key_file=$folder/key"
  await_port tcp "$1" 5432
}

talk_mysql() {
  local client=10.77.1.42 server=10.77.2.33 folder=$work/mysql
  peer "$client" "$server"
  mkdir -p "$folder"
  chown mysql: "$folder"
  mariadb-install-db --no-defaults --user=mysql --datadir="$folder/data" --auth-root-authentication-method=normal
  serve mysql mariadbd --no-defaults --user=mysql --datadir="$folder/data" --bind-address="$server" \
    --socket="$folder/socket" --pid-file="$folder/pid" --skip-name-resolve --skip-grant-tables
  await_port tcp "$server" 3306
  truth MySQL tcp "$client" '*' "$server" 3306 'MariaDB; the server speaks first'
  on_client mariadb --no-defaults -h "$server" -u root --skip-ssl \
    -e 'select version(); select * from information_schema.tables limit 50; select sleep(2)' >/dev/null
}

talk_redis() {
  local client=10.77.1.43 server=10.77.2.63
  peer "$client" "$server"
  serve redis redis-server --bind "$server" --save '' --protected-mode no
  await_port tcp "$server" 6379
  truth Redis tcp "$client" '*' "$server" 6379 'commands; a subscriber; a counter every half second'
  on_client timeout 20 redis-cli -h "$server" subscribe levels >/dev/null &
  printf '%s\n' 'set level 3' 'get level' 'lpush gates a b c' 'lrange gates 0 -1' 'hset weir metres 3 gates 2' \
    'hgetall weir' 'publish levels 3' 'info stats' | on_client redis-cli -h "$server"
  on_client redis-cli -h "$server" -r 30 -i 0.5 incr visits
  on_client redis-cli -h "$server" publish levels 4
  wait $! || [[ $? -eq 124 ]] # its time is up: that is how the subscriber ends
}

talk_mqtt() {
  local client=10.77.1.44 server=10.77.2.188 i
  peer "$client" "$server"
  printf '%s\n' "listener 1883 $server" 'allow_anonymous true' >"$work/mosquitto.conf"
  serve mqtt mosquitto -c "$work/mosquitto.conf"
  await_port tcp "$server" 1883
  truth MQTT tcp "$client" '*' "$server" 1883 'v3.1.1 and v5; a subscriber for 40 seconds'
  on_client mosquitto_sub -h "$server" -t 'weir/#' -i gate -W 40 -k 10 &
  sleep 1
  for i in {1..12}; do
    on_client mosquitto_pub -h "$server" -t weir/level -i "sensor$i" -q 1 -m "{\"metres\": 3.$i}" \
      -V "$( ((i % 2)) && echo mqttv311 || echo mqttv5)"
    sleep 3
  done
  wait $! || [[ $? -eq 27 ]] # mosquitto_sub's status when its time is up
}

talk_ldap() {
  local client=10.77.1.45 server=10.77.2.89 folder=$work/ldap
  peer "$client" "$server"
  mkdir -p "$folder/data"
  printf '%s\n' 'include /etc/ldap/schema/core.schema' "pidfile $folder/pid" 'modulepath /usr/lib/ldap' \
    'moduleload back_mdb' 'database mdb' 'suffix "dc=weir,dc=example"' 'rootdn "cn=admin,dc=weir,dc=example"' \
    'rootpw sample' "directory $folder/data" >"$folder/slapd.conf"
  printf '%s\n' 'dn: dc=weir,dc=example' 'objectClass: dcObject' 'objectClass: organization' 'o: Weir' 'dc: weir' \
    >"$folder/weir.ldif"
  slapadd -f "$folder/slapd.conf" -l "$folder/weir.ldif"
  serve ldap slapd -d 0 -f "$folder/slapd.conf" -h "ldap://$server"
  await_port tcp "$server" 389
  truth LDAP tcp "$client" '*' "$server" 389 'a simple bind and a search; an anonymous search'
  on_client ldapsearch -x -H "ldap://$server" -D cn=admin,dc=weir,dc=example -w sample -b dc=weir,dc=example
  on_client ldapsearch -x -H "ldap://$server" -b dc=weir,dc=example '(objectClass=organization)'
}
