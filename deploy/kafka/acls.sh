#!/bin/sh
# Gives each login of Alert Router its rights in Kafka, and no others; what each is for: docs/security.md, "Logins and rights".
#
#   ./acls.sh --bootstrap-server kafka:9093 --command-config admin.properties
#
# The arguments go to kafka-acls.sh, which is in the PATH or named by KAFKA_ACLS. Run it again when topics have changed: it adds
# rules and takes none away. The brokers need an authorizer, and allow.everyone.if.no.acl.found=false.
set -eu

# As in the settings, ALERT_ROUTER_KAFKA__INBOUND_TOPIC and so on.
INBOUND_TOPIC=${INBOUND_TOPIC:-alerts.inbound}
DEAD_LETTER_TOPIC=${DEAD_LETTER_TOPIC:-alerts.dead-letter}
HELD_TOPIC=${HELD_TOPIC:-alerts.held}
EVENTS_TOPIC=${EVENTS_TOPIC:-alerts.events}
CHECKPOINT_TOPIC=${CHECKPOINT_TOPIC:-audit.checkpoints}
GROUP_ID=${GROUP_ID:-alert-router}

# TOPIC=LOGIN, separated by blanks: whoever appends to a topic that is bound to a tenant, or holds Alertmanager's events.
BOUND_TOPICS=${BOUND_TOPICS:-}
EVENT_TOPICS=${EVENT_TOPICS:-}

# POOL=LOGIN, separated by blanks: the pools of ALERT_ROUTER_KAFKA__POOLS, each with the login of its workers.
POOLS=${POOLS:-}

# Logins, separated by blanks, that may append to INBOUND_TOPIC beside our own, and so speak for any tenant.
PRODUCERS=${PRODUCERS:-}

# The login that creates the topics; the worker's with ALERT_ROUTER_KAFKA__CREATE_TOPICS=true.
CREATOR=${CREATOR:-}

GATEWAY=${GATEWAY:-alert-router-gateway}
WORKER=${WORKER:-alert-router-worker}
OPERATOR=${OPERATOR:-alert-router-operator}

# The login of the control API, where there is one: it shows dead letters and redrives them.
CONTROL=${CONTROL:-}

# The login of `audit checkpoint`, where there is an audit log: it may append there, and nobody may take anything away.
CHECKPOINTER=${CHECKPOINTER:-}

# allow LOGIN OPERATIONS TOPICS GROUPS ARGUMENT...
allow() {
    login=$1 operations=$2 topics=$3 groups=$4
    shift 4
    for one in $operations; do set -- "$@" --operation "$one"; done
    for one in $topics; do set -- "$@" --topic "$one"; done
    for one in $groups; do set -- "$@" --group "$one"; done
    "${KAFKA_ACLS:-kafka-acls.sh}" "$@" --add --allow-principal "User:$login"
}

# The topics of TOPIC=LOGIN ...
topics_of() {
    for one in $1; do printf '%s ' "${one%%=*}"; done
}

# What pools call a topic of their own, or their group: of_pools TOPIC
of_pools() {
    for one in $POOLS; do printf '%s ' "$1.${one%%=*}"; done
}

others="$(topics_of "$BOUND_TOPICS")"
inbound="$INBOUND_TOPIC $(of_pools "$INBOUND_TOPIC")"
incoming="$inbound $others $(topics_of "$EVENT_TOPICS")"
held="$HELD_TOPIC $(of_pools "$HELD_TOPIC")"

# Gateways append what they accept.
allow "$GATEWAY" Write "$inbound" "" "$@"

# Workers read what comes in, what is held, and after a loss of Redis the events. To the inbound topic they append as well:
# alerts about heartbeats that stay away, and what an Alertmanager lists and nobody has reported.
allow "$WORKER" Read "$incoming $HELD_TOPIC $EVENTS_TOPIC" "$GROUP_ID $GROUP_ID-held" "$@"
allow "$WORKER" Write "$INBOUND_TOPIC $HELD_TOPIC $DEAD_LETTER_TOPIC $EVENTS_TOPIC" "" "$@"
# They look whether all topics are there, and whether they have the broker's time.
allow "$WORKER" Describe "$held" "" "$@"
allow "$WORKER" DescribeConfigs "$incoming $DEAD_LETTER_TOPIC" "" "$@"

# Workers of a pool read what comes in for it and nothing of another's, but for events: by them a worker knows what Slack
# shows after Redis has gone back in time.
for one in $POOLS; do
    login=${one#*=} pool=${one%%=*}
    allow "$login" Read "$INBOUND_TOPIC.$pool $HELD_TOPIC.$pool $EVENTS_TOPIC" "$GROUP_ID.$pool $GROUP_ID.$pool-held" "$@"
    allow "$login" Write "$INBOUND_TOPIC.$pool $HELD_TOPIC.$pool $DEAD_LETTER_TOPIC $EVENTS_TOPIC" "" "$@"
    allow "$login" DescribeConfigs "$INBOUND_TOPIC.$pool $DEAD_LETTER_TOPIC" "" "$@"
done

# Operators look at dead letters and redrive them; `recover` reads what came in and the events, and `isolation move` sees how far
# workers have read.
allow "$OPERATOR" Describe "" "$GROUP_ID $(of_pools "$GROUP_ID")" "$@"
allow "$OPERATOR" Read "$DEAD_LETTER_TOPIC $EVENTS_TOPIC $inbound $others" "" "$@"
allow "$OPERATOR" Write "$inbound $others" "" "$@"

for login in $PRODUCERS; do
    allow "$login" Write "$INBOUND_TOPIC" "" "$@"
done
for one in $BOUND_TOPICS $EVENT_TOPICS; do
    allow "${one#*=}" Write "${one%%=*}" "" "$@"
done

if [ -n "$CONTROL" ]; then
    allow "$CONTROL" Read "$DEAD_LETTER_TOPIC" "" "$@"
    allow "$CONTROL" Write "$inbound $others" "" "$@"
fi

if [ -n "$CHECKPOINTER" ]; then
    allow "$CHECKPOINTER" Write "$CHECKPOINT_TOPIC" "" "$@"
fi

if [ -n "$CREATOR" ]; then
    allow "$CREATOR" "Create Describe" "$incoming $held $DEAD_LETTER_TOPIC $EVENTS_TOPIC" "" "$@"
fi
