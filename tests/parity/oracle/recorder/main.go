// The recorder writes a mute of one alert with Alertmanager's own event recorder, as Alertmanager does at a flush.
//
// It is asked on its input, as JSON: brokers, topic, the labels of the alert, and a silence by whom and until when. It
// ends when the broker has it; acks is what Alertmanager has by default, and what a broker without idempotence takes.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"time"

	"github.com/prometheus/common/model"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/prometheus/alertmanager/eventrecorder"
	"github.com/prometheus/alertmanager/kafka"
	"github.com/prometheus/alertmanager/silence/silencepb"
)

type asked struct {
	Brokers []string
	Topic   string
	Labels  map[string]string
	Author  string
	Comment string
	Until   time.Time
}

func main() {
	if err := record(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func record() error {
	var what asked
	if err := json.NewDecoder(os.Stdin).Decode(&what); err != nil {
		return err
	}
	output := eventrecorder.KafkaOutputConfig{
		Name: "router", Brokers: what.Brokers, Topic: what.Topic, Format: kafka.FormatJSON, Acks: kafka.AcksLeader,
	}
	config := eventrecorder.Config{KafkaOutputs: []eventrecorder.KafkaOutputConfig{output}}
	logger := slog.New(slog.NewTextHandler(os.Stderr, nil))
	recorder := eventrecorder.NewRecorderFromConfig(config, "alertmanager-0", logger, nil)
	labels := model.LabelSet{}
	for name, value := range what.Labels {
		labels[model.LabelName(name)] = model.LabelValue(value)
	}
	ctx := eventrecorder.WithEventRecording(context.Background())
	recorder.RecordEvent(ctx, func() eventrecorder.EventData {
		return eventrecorder.NewSilenceMutedAlertEvent(silence(what), labels.Fingerprint(), labels)
	})
	return recorder.Close()
}

func silence(what asked) *silencepb.Silence {
	return &silencepb.Silence{
		Id:        "23698fa3-0779-4592-97ad-9af2205bd439",
		StartsAt:  timestamppb.New(time.Now()),
		EndsAt:    timestamppb.New(what.Until),
		CreatedBy: what.Author,
		Comment:   what.Comment,
	}
}
