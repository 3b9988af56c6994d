package main

import (
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"

	"github.com/qafila/qafila/internal/conversation"
)

// metrics is what /metrics shows.
type metrics struct {
	registry   *prometheus.Registry
	updates    *prometheus.CounterVec
	batches    prometheus.Histogram
	deliveries *prometheus.CounterVec
	files      *prometheus.CounterVec
}

func newMetrics() *metrics {
	m := &metrics{
		registry: prometheus.NewRegistry(),
		updates: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "qafila_updates_total",
			Help: "Updates by what became of them: handled, repeated (seen before), failed (kept)."}, []string{"result"}),
		batches: prometheus.NewHistogram(prometheus.HistogramOpts{Name: "qafila_batch_seconds",
			Help: "How long a batch of updates took until it was stored.", Buckets: prometheus.ExponentialBuckets(0.0005, 2, 14)}),
		deliveries: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "qafila_deliveries_total",
			Help: "Calls for deliveries by result: sent, retried, flooded (429), failed, unreachable (403)."}, []string{"result"}),
		files: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "qafila_files_total",
			Help: "Voices and pictures by what became of them: kept, refused, retried."}, []string{"result"}),
	}
	m.registry.MustRegister(m.updates, m.batches, m.deliveries, m.files, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

func (m *metrics) batch(o conversation.Observation) {
	m.updates.WithLabelValues("handled").Add(float64(o.Updates - o.Repeated - o.Failed))
	m.updates.WithLabelValues("repeated").Add(float64(o.Repeated))
	m.updates.WithLabelValues("failed").Add(float64(o.Failed))
	m.batches.Observe(o.Took.Seconds())
}

func (m *metrics) delivery(result string) { m.deliveries.WithLabelValues(result).Inc() }

func (m *metrics) file(result string) { m.files.WithLabelValues(result).Inc() }
