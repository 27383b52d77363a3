package main

import (
	"encoding/json"
	"time"

	"github.com/prometheus/alertmanager/timeinterval"
	"go.yaml.in/yaml/v2"
)

// contained reads one part of a time interval as the configuration does, and whether moments lie in it, which are
// seconds since 1970.
func contained(text json.RawMessage, moments []int64) answer {
	var interval timeinterval.TimeInterval
	if err := yaml.UnmarshalStrict(text, &interval); err != nil {
		return answer{Error: err.Error()}
	}
	contained := make([]bool, 0, len(moments))
	for _, moment := range moments {
		contained = append(contained, interval.ContainsTime(time.Unix(moment, 0).UTC()))
	}
	return answer{Contained: contained}
}
