// The oracle answers what Alertmanager's own packages make of matcher texts, of routing trees and of time intervals: one JSON object a
// line on standard input, one answer a line on standard output.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"log/slog"
	"os"
	"sort"
	"time"

	"github.com/prometheus/alertmanager/config"
	"github.com/prometheus/alertmanager/dispatch"
	"github.com/prometheus/alertmanager/featurecontrol"
	"github.com/prometheus/alertmanager/matcher/compat"
	"github.com/prometheus/alertmanager/pkg/labels"
	"github.com/prometheus/common/model"
)

// question is a matcher text, a part of a time interval with moments, or a configuration with the label sets to route.
type question struct {
	Matchers *string          `json:"matchers"`
	Interval json.RawMessage  `json:"interval"`
	Moments  []int64          `json:"moments"`
	Config   string           `json:"config"`
	Labels   []model.LabelSet `json:"labels"`
}

type answer struct {
	Error      string    `json:"error,omitempty"`
	Printed    []string  `json:"printed,omitempty"`
	Warning    string    `json:"warning,omitempty"`
	Suggestion string    `json:"suggestion,omitempty"`
	Routes     [][]taken `json:"routes,omitempty"`
	Contained  []bool    `json:"contained,omitempty"`
}

// taken is a route that a label set takes. Durations are milliseconds.
type taken struct {
	Key            string   `json:"key"`
	Receiver       string   `json:"receiver"`
	GroupBy        []string `json:"group_by"`
	GroupWait      int64    `json:"group_wait"`
	GroupInterval  int64    `json:"group_interval"`
	RepeatInterval int64    `json:"repeat_interval"`
}

// warnings is a log handler that keeps the last warning.
type warnings struct{ last *slog.Record }

func (w *warnings) Enabled(_ context.Context, level slog.Level) bool { return level >= slog.LevelWarn }
func (w *warnings) Handle(_ context.Context, record slog.Record) error {
	w.last = &record
	return nil
}
func (w *warnings) WithAttrs([]slog.Attr) slog.Handler { return w }
func (w *warnings) WithGroup(string) slog.Handler      { return w }

func main() {
	log := &warnings{}
	flags, err := featurecontrol.NewFlags(slog.New(slog.DiscardHandler), "")
	if err != nil {
		panic(err)
	}
	compat.InitFromFlags(slog.New(log), flags)
	in := bufio.NewReaderSize(os.Stdin, 1<<20)
	out := json.NewEncoder(os.Stdout)
	out.SetEscapeHTML(false)
	decoder := json.NewDecoder(in)
	for decoder.More() {
		var asked question
		if err := decoder.Decode(&asked); err != nil {
			panic(err)
		}
		log.last = nil
		given := answerTo(asked)
		if log.last != nil && asked.Matchers != nil {
			given.Warning, given.Suggestion = explained(log.last)
		}
		if err := out.Encode(given); err != nil {
			panic(err)
		}
	}
}

func answerTo(asked question) answer {
	if asked.Matchers != nil {
		return parsed(*asked.Matchers)
	}
	if asked.Interval != nil {
		return contained(asked.Interval, asked.Moments)
	}
	return routed(asked.Config, asked.Labels)
}

// parsed reads a text as the configuration does, where the matchers of a route are sorted.
func parsed(text string) answer {
	found, err := compat.Matchers(text, "parity")
	if err != nil {
		return answer{Error: err.Error()}
	}
	sort.Sort(labels.Matchers(found))
	printed := make([]string, 0, len(found))
	for _, one := range found {
		printed = append(printed, one.String())
	}
	return answer{Printed: printed}
}

func explained(record *slog.Record) (kind, suggestion string) {
	kind = "disagreement"
	record.Attrs(func(attr slog.Attr) bool {
		if attr.Key == "suggestion" {
			kind, suggestion = "incompatible", attr.Value.String()
		}
		return true
	})
	return kind, suggestion
}

func routed(text string, sets []model.LabelSet) answer {
	loaded, err := config.Load(text)
	if err != nil {
		return answer{Error: err.Error()}
	}
	root := dispatch.NewRoute(loaded.Route, nil)
	routes := make([][]taken, 0, len(sets))
	for _, set := range sets {
		matched := []taken{}
		for _, route := range root.Match(set) {
			matched = append(matched, describe(route))
		}
		routes = append(routes, matched)
	}
	return answer{Routes: routes}
}

func describe(route *dispatch.Route) taken {
	options := route.RouteOpts
	names := []string{}
	for name := range options.GroupBy {
		names = append(names, string(name))
	}
	if options.GroupByAll { // whatever labels a route above has listed
		names = []string{"..."}
	}
	sort.Strings(names)
	return taken{
		Key:            route.Key(),
		Receiver:       options.Receiver,
		GroupBy:        names,
		GroupWait:      int64(options.GroupWait / time.Millisecond),
		GroupInterval:  int64(options.GroupInterval / time.Millisecond),
		RepeatInterval: int64(options.RepeatInterval / time.Millisecond),
	}
}
