{{- define "shop-exporter.name" -}}
{{ .Release.Name }}-{{ .Chart.Name }}
{{- end }}
