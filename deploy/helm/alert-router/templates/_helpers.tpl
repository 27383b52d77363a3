{{- define "alert-router.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 50 | trimSuffix "-" -}}
{{- else if contains .Chart.Name .Release.Name -}}
{{- .Release.Name | trunc 50 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name .Chart.Name | trunc 50 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{- define "alert-router.labels" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name (.Chart.Version | replace "+" "_") }}
{{- end -}}

{{/* What selects pods, and never changes: a list of the root and the component. */}}
{{- define "alert-router.selector" -}}
{{- $root := index . 0 -}}
app.kubernetes.io/name: {{ $root.Chart.Name }}
app.kubernetes.io/instance: {{ $root.Release.Name }}
app.kubernetes.io/component: {{ index . 1 }}
{{- end -}}

{{/* A list of the root and the values of the role. */}}
{{- define "alert-router.image" -}}
{{- $root := index . 0 -}}
{{- $own := dig "image" (dict) (index . 1) -}}
{{- $tag := or $own.tag $root.Values.image.tag $root.Chart.AppVersion -}}
{{- $digest := $own.digest -}}
{{- if not (or $own.tag $own.digest) }}{{ $digest = $root.Values.image.digest }}{{ end -}}
{{- $root.Values.image.repository -}}{{- if $digest -}}@{{ $digest }}{{- else -}}:{{ $tag }}{{- end -}}
{{- end -}}

{{- define "alert-router.podSecurity" -}}
runAsNonRoot: true
runAsUser: 10001
runAsGroup: 10001
fsGroup: 10001
fsGroupChangePolicy: OnRootMismatch
seccompProfile: {type: RuntimeDefault}
{{- end -}}

{{- define "alert-router.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities: {drop: [ALL]}
{{- end -}}

{{- define "alert-router.spread" -}}
{{- $root := index . 0 -}}
{{- range $key := list "topology.kubernetes.io/zone" "kubernetes.io/hostname" }}
- topologyKey: {{ $key }}
  maxSkew: 1
  whenUnsatisfiable: {{ $root.Values.topologySpread }}
  labelSelector:
    matchLabels: {{- include "alert-router.selector" $ | nindent 6 }}
{{- end }}
{{- end -}}

{{/* The component that the workers of a pool are; that without a name is the shared one. */}}
{{- define "alert-router.ofPool" -}}
{{- if . -}}worker-{{ . }}{{- else -}}worker{{- end -}}
{{- end -}}

{{/* The values of a pool's workers: those of all workers, the pool's over them. A list of the root and the pool's name. */}}
{{- define "alert-router.poolValues" -}}
{{- $root := index . 0 -}}
{{- mergeOverwrite (deepCopy $root.Values.worker) (deepCopy (index $root.Values.pools (index . 1))) | toYaml -}}
{{- end -}}

{{/* The settings of a role, as variables: those of all, its own over them. A list of the root and the role's values. */}}
{{- define "alert-router.settings" -}}
{{- $settings := mergeOverwrite (deepCopy (index . 0).Values.settings) (deepCopy (index . 1)) -}}
{{- with (index . 0).Values.pools }}{{ $_ := set $settings "KAFKA__POOLS" (keys . | sortAlpha) }}{{ end -}}
{{- range $name, $value := $settings }}
- name: ALERT_ROUTER_{{ $name }}
  value: {{ kindIs "string" $value | ternary $value (toJson $value) | toJson }}
{{- end }}
{{- end -}}

{{/* A variable out of a Secret: a list of its name and the reference. */}}
{{- define "alert-router.variable" -}}
- name: ALERT_ROUTER_{{ index . 0 }}
  valueFrom:
    secretKeyRef: {name: {{ (index . 1).name }}, key: {{ (index . 1).key }}}
{{- end -}}

{{/* A file out of a Secret, below /etc/alert-router: a list of its path and the reference. */}}
{{- define "alert-router.file" -}}
- secret:
    name: {{ (index . 1).name }}
    items: [{key: {{ (index . 1).key }}, path: {{ index . 0 }}}]
{{- end -}}

{{- define "alert-router.trustVariables" -}}
{{- if .Values.trust.kafka.name }}
- {name: ALERT_ROUTER_KAFKA__SSL_CAFILE, value: /etc/alert-router/trust/kafka.pem}
{{- end }}
{{- end -}}

{{- define "alert-router.trustFiles" -}}
{{- if .Values.trust.kafka.name }}
{{ include "alert-router.file" (list "trust/kafka.pem" .Values.trust.kafka) }}
{{- end }}
{{- if .Values.trust.redis.name }}
{{ include "alert-router.file" (list "trust/redis.pem" .Values.trust.redis) }}
{{- end }}
{{- end -}}

{{/* Of whoever reaches the record. */}}
{{- define "alert-router.recordTrust" -}}
{{- if .Values.trust.postgres.name }}
{{ include "alert-router.file" (list "trust/postgres.pem" .Values.trust.postgres) }}
{{- end }}
{{- end -}}

{{- define "alert-router.operatorVariables" -}}
{{- if .Values.secrets.operatorChannel.name }}
- {name: ALERT_ROUTER_OPERATOR__TOKEN_FILE, value: /etc/alert-router/keys/operator-token}
{{- end }}
{{- end -}}

{{- define "alert-router.operatorFiles" -}}
{{- if .Values.secrets.operatorChannel.name }}
{{ include "alert-router.file" (list "keys/operator-token" .Values.secrets.operatorChannel) }}
{{- end }}
{{- end -}}

{{/* What wraps tenants' own keys: a list of the root and the role, `gateway` or `worker`. */}}
{{- define "alert-router.tenantKeysVariables" -}}
{{- $root := index . 0 -}}
{{- $own := $root.Values.tenantKeys -}}
{{- if $own.key.name }}
- {name: ALERT_ROUTER_SEALING__KEY_FILE, value: /etc/alert-router/keys/tenant-keys}
{{- end }}
{{- if and $own.senderKey.name (eq (index . 1) "worker") }}
- {name: ALERT_ROUTER_SEALING__SENDER_KEY_FILE, value: /etc/alert-router/keys/sender-keys}
{{- end }}
{{- if or $own.awsKms.key $own.transit.url }}
- {name: ALERT_ROUTER_SEALING__SERVICE, value: {{ ternary "aws-kms" "transit" (ne $own.awsKms.key "") }}}
{{- end }}
{{- if $own.awsKms.key }}
- {name: ALERT_ROUTER_AWS_KMS__ID, value: {{ $own.awsKms.key | quote }}}
- {name: ALERT_ROUTER_AWS_KMS__REGION, value: {{ $own.awsKms.region | quote }}}
{{- with get $own.awsKms (printf "%sRole" (index . 1)) }}
- {name: AWS_ROLE_ARN, value: {{ . | quote }}}
- {name: AWS_WEB_IDENTITY_TOKEN_FILE, value: /etc/alert-router/keys/aws-token}
{{- end }}
{{- end }}
{{- if $own.transit.url }}
- {name: ALERT_ROUTER_TRANSIT__URL, value: {{ $own.transit.url | quote }}}
- {name: ALERT_ROUTER_TRANSIT__LOGIN, value: jwt}
- {name: ALERT_ROUTER_TRANSIT__ROLE, value: {{ get $own.transit (printf "%sRole" (index . 1)) | quote }}}
- {name: ALERT_ROUTER_TRANSIT__CREDENTIAL_FILE, value: /etc/alert-router/keys/transit-token}
{{- if $root.Values.trust.transit.name }}
- {name: ALERT_ROUTER_TRANSIT__CA_FILE, value: /etc/alert-router/trust/transit.pem}
{{- end }}
{{- end }}
{{- end -}}

{{- define "alert-router.tenantKeysFiles" -}}
{{- $root := index . 0 -}}
{{- $own := $root.Values.tenantKeys -}}
{{- if $own.key.name }}
{{ include "alert-router.file" (list "keys/tenant-keys" $own.key) }}
{{- end }}
{{- if and $own.senderKey.name (eq (index . 1) "worker") }}
{{ include "alert-router.file" (list "keys/sender-keys" $own.senderKey) }}
{{- end }}
{{- if and $own.awsKms.key (get $own.awsKms (printf "%sRole" (index . 1))) }}
- serviceAccountToken:
    audience: alert-router-{{ index . 1 }}
    expirationSeconds: 3600
    path: keys/aws-token
{{- end }}
{{- if $own.transit.url }}
- serviceAccountToken:
    audience: {{ get $own.transit (printf "%sRole" (index . 1)) | quote }}
    expirationSeconds: 3600
    path: keys/transit-token
{{- if $root.Values.trust.transit.name }}
{{ include "alert-router.file" (list "trust/transit.pem" $root.Values.trust.transit) }}
{{- end }}
{{- end }}
{{- end -}}

{{/* Refuses values that would not work: a list of the root, the role's name and its values. */}}
{{- define "alert-router.check" -}}
{{- $root := index . 0 -}}
{{- $name := index . 1 -}}
{{- $own := index . 2 -}}
{{- $settings := mergeOverwrite (deepCopy $root.Values.settings) (deepCopy $own.settings) -}}
{{- if not $settings.KAFKA__BOOTSTRAP_SERVERS -}}
{{- fail "settings.KAFKA__BOOTSTRAP_SERVERS is wanted: the brokers, HOST:PORT, comma-separated" -}}
{{- end -}}
{{- if $root.Values.networkPolicy.enabled -}}
{{- range $server := splitList "," $settings.KAFKA__BOOTSTRAP_SERVERS -}}
{{- $port := regexFind "[0-9]+$" (trim $server) -}}
{{- if not (has $port (splitList "," (join "," $root.Values.networkPolicy.kafka.ports))) -}}
{{- fail (printf "networkPolicy.kafka.ports has no %s, the port of %s: no broker would be reached" $port $server) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- $transit := $root.Values.tenantKeys.transit.url -}}
{{- if $transit -}}
{{- $port := regexFind "[0-9]+$" $transit | default "443" -}}
{{- if and $root.Values.networkPolicy.enabled (not (has $port (splitList "," (join "," $root.Values.networkPolicy.transit.ports)))) -}}
{{- fail (printf "networkPolicy.transit.ports has no %s, the port of %s: it would not be reached" $port $transit) -}}
{{- end -}}
{{- else if and $root.Values.tenantKeys.senderKey.name (not $root.Values.tenantKeys.key.name) (not $root.Values.tenantKeys.awsKms.key) -}}
{{- fail "tenantKeys.senderKey wants tenantKeys.key, tenantKeys.transit.url or tenantKeys.awsKms.key: it wraps keys of senders alone" -}}
{{- end -}}
{{- if and $root.Values.tenantKeys.awsKms.key (not $root.Values.tenantKeys.awsKms.region) -}}
{{- fail "tenantKeys.awsKms.region is wanted: where tenantKeys.awsKms.key is" -}}
{{- end -}}
{{- if and (hasPrefix "SASL" (default "" $settings.KAFKA__SECURITY_PROTOCOL)) (not $own.kafkaPassword.name) -}}
{{- fail (printf "%s.kafkaPassword.name is wanted: with SASL a login needs its password" $name) -}}
{{- end -}}
{{- if gt (int $own.autoscaling.minReplicas) (int $own.autoscaling.maxReplicas) -}}
{{- fail (printf "%s.autoscaling.maxReplicas is below minReplicas" $name) -}}
{{- end -}}
{{- end -}}
