#!/bin/sh
# Runs once, when the server's data folder is made: a database of its own for Prefect, under a user
# that cannot connect to the dossiers'.
set -eu
psql --set=ON_ERROR_STOP=1 --set=password="$PREFECT_DATABASE_PASSWORD" \
  --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" <<'SQL'
CREATE ROLE prefect LOGIN PASSWORD :'password';
CREATE DATABASE prefect OWNER prefect;
REVOKE CONNECT ON DATABASE tasfiya FROM PUBLIC;
SQL
