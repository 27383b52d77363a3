{{/*
The workers of a pool: a list of the root, the pool's name, which is none for the shared one, and the values of its workers.
*/}}
{{- define "alert-router.workers" -}}
{{- $root := index . 0 -}}
{{- $pool := index . 1 -}}
{{- $own := index . 2 -}}
{{- $component := include "alert-router.ofPool" $pool -}}
{{- $name := printf "%s-%s" (include "alert-router.fullname" $root) $component -}}
{{- $values := ternary (printf "pools.%s" $pool) "worker" (ne $pool "") -}}
{{- include "alert-router.check" (list $root $values $own) -}}
{{- if and $pool (gt (len $name) 52) -}}
{{- fail (printf "%s is longer than 52 characters, and names of its pods would be none: shorten fullnameOverride, or call the pool otherwise" $name) -}}
{{- end -}}
{{- $drain := float64 (dig "WORKER__DRAIN_S" (dig "WORKER__DRAIN_S" 20 $root.Values.settings) $own.settings) -}}
{{- if lt (float64 $own.terminationGracePeriodSeconds) (addf (mulf 2 $drain) 10) -}}
{{- fail (printf "%s.terminationGracePeriodSeconds is below twice WORKER__DRAIN_S and ten seconds: workers would be killed in their work" $values) -}}
{{- end -}}
# A StatefulSet, since its pods keep their names: a worker that is killed and started again gets its partitions back at
# once, and no other worker stops reading meanwhile.
apiVersion: apps/v1
kind: StatefulSet
metadata:
  name: {{ $name }}
  labels:
    {{- include "alert-router.labels" $root | nindent 4 }}
    app.kubernetes.io/component: {{ $component }}
    alert-router/pool: {{ $pool | default "shared" | quote }}
spec:
  serviceName: {{ $name }}
  {{- if not $own.autoscaling.enabled }}
  replicas: {{ $own.replicas }}
  {{- end }}
  podManagementPolicy: Parallel
  updateStrategy: {type: RollingUpdate}
  minReadySeconds: 5
  selector:
    matchLabels: {{- include "alert-router.selector" (list $root $component) | nindent 6 }}
  template:
    metadata:
      labels:
        {{- include "alert-router.labels" $root | nindent 8 }}
        app.kubernetes.io/component: {{ $component }}
        alert-router/pool: {{ $pool | default "shared" | quote }}
        {{- with $own.podLabels }}{{ toYaml . | nindent 8 }}{{ end }}
      {{- with $own.podAnnotations }}
      annotations: {{- toYaml . | nindent 8 }}
      {{- end }}
    spec:
      serviceAccountName: {{ include "alert-router.fullname" $root }}
      automountServiceAccountToken: false
      enableServiceLinks: false
      terminationGracePeriodSeconds: {{ $own.terminationGracePeriodSeconds }}
      securityContext: {{- include "alert-router.podSecurity" $root | nindent 8 }}
      topologySpreadConstraints: {{- include "alert-router.spread" (list $root $component) | trim | nindent 8 }}
      {{- with $root.Values.imagePullSecrets }}
      imagePullSecrets: {{- toYaml . | nindent 8 }}
      {{- end }}
      {{- with $own.nodeSelector }}
      nodeSelector: {{- toYaml . | nindent 8 }}
      {{- end }}
      {{- with $own.tolerations }}
      tolerations: {{- toYaml . | nindent 8 }}
      {{- end }}
      {{- with $own.affinity }}
      affinity: {{- toYaml . | nindent 8 }}
      {{- end }}
      {{- with $own.priorityClassName }}
      priorityClassName: {{ . }}
      {{- end }}
      containers:
        - name: worker
          image: {{ include "alert-router.image" (list $root $own) | quote }}
          imagePullPolicy: {{ $root.Values.image.pullPolicy }}
          args: [worker]
          env:
            - name: ALERT_ROUTER_KAFKA__INSTANCE_ID
              valueFrom: {fieldRef: {fieldPath: metadata.name}}
            {{- include "alert-router.settings" (list $root $own.settings) | trim | nindent 12 }}
            - {name: ALERT_ROUTER_WORKER__HOST, value: 0.0.0.0}
            {{- with $pool }}
            - {name: ALERT_ROUTER_WORKER__POOL, value: {{ . | quote }}}
            {{- end }}
            {{- include "alert-router.variable" (list "REDIS__URL" $own.redisUrl) | nindent 12 }}
            {{- if $own.kafkaPassword.name }}
            {{- include "alert-router.variable" (list "KAFKA__SASL_PASSWORD" $own.kafkaPassword) | nindent 12 }}
            {{- end }}
            - {name: ALERT_ROUTER_SIGNING__KEY_FILE, value: /etc/alert-router/keys/signing}
            - {name: ALERT_ROUTER_SECRETS__KEY_FILE, value: /etc/alert-router/keys/sealing}
            {{- with include "alert-router.tenantKeysVariables" (list $root "worker") | trim }}{{ . | nindent 12 }}{{ end }}
            {{- with include "alert-router.trustVariables" $root | trim }}{{ . | nindent 12 }}{{ end }}
            {{- with include "alert-router.operatorVariables" $root | trim }}{{ . | nindent 12 }}{{ end }}
            {{- range $root.Values.secrets.tenants }}{{- if eq (default "" .pool) $pool }}
            - name: ALERT_ROUTER_SECRET_FILE__{{ .tenant | upper | replace "-" "_" }}__{{ .secret | upper | replace "-" "_" }}
              value: /etc/alert-router/tenants/{{ .tenant }}/{{ .secret }}
            {{- end }}{{- end }}
          ports: [{name: operations, containerPort: 8081}]
          startupProbe:
            httpGet: {path: /live, port: operations}
            periodSeconds: 2
            failureThreshold: 30
          livenessProbe:
            httpGet: {path: /live, port: operations}
            periodSeconds: 10
            timeoutSeconds: 5
          readinessProbe:
            httpGet: {path: /ready, port: operations}
            periodSeconds: 5
            timeoutSeconds: 3
          resources: {{- toYaml $own.resources | nindent 12 }}
          securityContext: {{- include "alert-router.containerSecurity" $root | nindent 12 }}
          volumeMounts:
            - {name: files, mountPath: /etc/alert-router, readOnly: true}
            - {name: tmp, mountPath: /tmp}
      volumes:
        - name: files
          projected:
            defaultMode: 288  # 0440, which readers of YAML 1.1 and 1.2 take for different numbers
            sources:
              {{- include "alert-router.file" (list "keys/signing" $root.Values.secrets.signing) | nindent 14 }}
              {{- include "alert-router.file" (list "keys/sealing" $root.Values.secrets.sealing) | nindent 14 }}
              {{- with include "alert-router.tenantKeysFiles" (list $root "worker") | trim }}{{ . | nindent 14 }}{{ end }}
              {{- with include "alert-router.trustFiles" $root | trim }}{{ . | nindent 14 }}{{ end }}
              {{- with include "alert-router.operatorFiles" $root | trim }}{{ . | nindent 14 }}{{ end }}
              {{- range $root.Values.secrets.tenants }}{{- if eq (default "" .pool) $pool }}
              {{- include "alert-router.file" (list (printf "tenants/%s/%s" .tenant .secret) .) | nindent 14 }}
              {{- end }}{{- end }}
        - name: tmp
          emptyDir: {sizeLimit: 64Mi}
---
# A name for each pod; nobody calls workers but what reads their metrics, also of those that are not ready.
apiVersion: v1
kind: Service
metadata:
  name: {{ $name }}
  labels:
    {{- include "alert-router.labels" $root | nindent 4 }}
    app.kubernetes.io/component: {{ $component }}
    alert-router/pool: {{ $pool | default "shared" | quote }}
    alert-router/operations: "true"
spec:
  clusterIP: None
  publishNotReadyAddresses: true
  selector: {{- include "alert-router.selector" (list $root $component) | nindent 4 }}
  ports: [{name: operations, port: 8081, targetPort: operations}]
{{- if $own.autoscaling.enabled }}
{{- $server := required (printf "%s.autoscaling.serverAddress is wanted: the Prometheus that has the workers' metrics" $values) $own.autoscaling.serverAddress }}
---
apiVersion: keda.sh/v1alpha1
kind: ScaledObject
metadata:
  name: {{ $name }}
  labels: {{- include "alert-router.labels" $root | nindent 4 }}
spec:
  scaleTargetRef: {apiVersion: apps/v1, kind: StatefulSet, name: {{ $name }}}
  minReplicaCount: {{ $own.autoscaling.minReplicas }}
  maxReplicaCount: {{ $own.autoscaling.maxReplicas }}
  pollingInterval: 15
  advanced:
    horizontalPodAutoscalerConfig:
      behavior:
        scaleUp:
          policies: [{type: Pods, value: 2, periodSeconds: 60}]
        scaleDown:
          stabilizationWindowSeconds: 300
          policies: [{type: Pods, value: 1, periodSeconds: 120}]
  triggers:
    - type: prometheus
      name: lag
      metricType: AverageValue
      metadata:
        serverAddress: {{ $server | quote }}
        query: sum(alert_router_ingest_lag_records{namespace={{ $root.Release.Namespace | quote }},service={{ $name | quote }}})
        threshold: {{ $own.autoscaling.lagRecords | quote }}
      {{- with $own.autoscaling.authenticationRef }}
      authenticationRef: {name: {{ . }}}
      {{- end }}
    - type: prometheus
      name: oldest-due
      metricType: Value
      metadata:
        serverAddress: {{ $server | quote }}
        query: max(alert_router_oldest_due_seconds{namespace={{ $root.Release.Namespace | quote }},service={{ $name | quote }}})
        threshold: {{ $own.autoscaling.oldestDueSeconds | quote }}
      {{- with $own.autoscaling.authenticationRef }}
      authenticationRef: {name: {{ . }}}
      {{- end }}
{{- end }}
{{- end -}}
