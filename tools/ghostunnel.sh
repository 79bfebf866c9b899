#!/bin/sh
# Starts Ghostunnel: Node with its debugger locked, in an environment that cannot change what the tunnel runs or trusts.

# SIGUSR1 asks a tunnel for a reload. Until Node starts, and there blocks it, it would kill.
trap '' USR1

# Node's own settings are not inherited: they load code, switch verification off or trust further authorities.
unset NODE_OPTIONS NODE_TLS_REJECT_UNAUTHORIZED NODE_EXTRA_CA_CERTS NODE_PATH NODE_DEBUG NODE_V8_COVERAGE
unset NODE_COMPILE_CACHE NODE_USE_ENV_PROXY OPENSSL_CONF OPENSSL_MODULES OPENSSL_ENGINES
# Nor those that trust the system's authorities besides, write or read files, print secrets, or make a parent's descriptor a channel.
unset NODE_USE_SYSTEM_CA NODE_REDIRECT_WARNINGS NODE_ICU_DATA NODE_REPL_EXTERNAL_MODULE NODE_DEBUG_NATIVE
unset NODE_PENDING_DEPRECATION NODE_PRESERVE_SYMLINKS NODE_PRESERVE_SYMLINKS_MAIN NODE_CHANNEL_FD
unset NODE_CHANNEL_SERIALIZATION_MODE NODE_UNIQUE_ID
if [ -n "${GHOSTUNNEL_NODE_OPTIONS-}" ]; then
  NODE_OPTIONS=$GHOSTUNNEL_NODE_OPTIONS
  export NODE_OPTIONS
fi

# The name that messages and syslog show.
GHOSTUNNEL_PROGRAM=$0
export GHOSTUNNEL_PROGRAM

# The folder of this file, behind any links to it.
case $0 in
  /*) self=$0 ;;
  *) self=./$0 ;;
esac
while [ -L "$self" ]; do
  link=$(readlink "$self") || break
  case $link in
    /*) self=$link ;;
    *) self=${self%/*}/$link ;;
  esac
done
dir=${self%/*}

refuse() {
  echo "ghostunnel: error: $1" >&2
  exit 1
}

# A package may set this to the Node that it brings.
packaged_node=
node=$packaged_node
if [ -z "$node" ]; then
  if [ -f "$dir/../tools/build.ts" ] && [ -x "$dir/../node_modules/.bin/node" ] && ! [ -k "$dir/.." ]; then
    # A checkout: `npm ci` has put the right Node there. What lies in a folder that all users may write to is not trusted.
    node=$dir/../node_modules/.bin/node
  else
    node=node
    # Older versions do not know the option below, and would only say so.
    version=$(node --version 2>/dev/null) || refuse "no node on the PATH that starts, and Node 26 or newer is needed"
    case $version in
      v2[6-9].* | v[3-9][0-9].* | v[1-9][0-9][0-9]*) ;;
      *) refuse "this is Node ${version#v}, and Node 26 or newer is needed" ;;
    esac
  fi
fi

exec "$node" --disable-sigusr1 "$dir/main.mjs" "$@"
