package main

import (
	"context"
	"errors"
	"io"
	"time"

	"github.com/cloudwego/kitex/client"
	"github.com/cloudwego/kitex/pkg/streaming"

	"kitexgen.test/peers/kitex_gen/streams"
)

// step is what to do with a stream next: send, receive, drain (receive to the end), close (send no more) or cancel.
type step struct {
	Do     string `json:"do"`
	Text   string `json:"text"`
	Number int32  `json:"number"`
}

// outcome is what a step came to: the words that it received, whether the stream ended in order, or its error.
type outcome struct {
	Words []word   `json:"words,omitempty"`
	End   bool     `json:"end,omitempty"`
	Error *failure `json:"error,omitempty"`
}

type word struct {
	Text   string `json:"text"`
	Number int32  `json:"number"`
}

// streamed is what became of a whole stream; header and trailer are left out when Kitex has none.
type streamed struct {
	Steps   []outcome         `json:"steps"`
	Header  map[string]string `json:"header,omitempty"`
	Trailer map[string]string `json:"trailer,omitempty"`
}

// stream opens a stream and does what the line says with it.
func (callers *callers) stream(wanted call, caller client.Client) answer {
	ctx, cancel := context.WithCancel(wanted.context())
	defer cancel()
	if wanted.Timeout > 0 {
		var stop context.CancelFunc
		ctx, stop = context.WithTimeout(ctx, time.Duration(wanted.Timeout)*time.Millisecond)
		defer stop()
	}
	opened, err := caller.(client.Streaming).StreamX(ctx, wanted.Method)
	if err != nil {
		return answer{ID: wanted.ID, Error: explain(err)}
	}
	told := &streamed{Steps: []outcome{}}
	for _, next := range wanted.Stream {
		told.Steps = append(told.Steps, next.do(ctx, cancel, opened))
	}
	told.Header, _ = opened.Header()
	told.Trailer, _ = opened.Trailer()
	return answer{ID: wanted.ID, Streamed: told}
}

func (next step) do(ctx context.Context, cancel context.CancelFunc, opened streaming.ClientStream) outcome {
	switch next.Do {
	case "send":
		return ends(opened.SendMsg(ctx, &streams.Word{Text: next.Text, Number: next.Number}))
	case "close":
		return ends(opened.CloseSend(ctx))
	case "cancel":
		cancel()
		return outcome{}
	case "receive":
		return receive(ctx, opened, 1)
	case "drain":
		return receive(ctx, opened, -1)
	}
	return ends(errors.New("no step " + next.Do))
}

// receive takes so many words, or all when the number is negative.
func receive(ctx context.Context, opened streaming.ClientStream, most int) outcome {
	var made outcome
	for len(made.Words) != most {
		received := streams.NewWord()
		err := opened.RecvMsg(ctx, received)
		if errors.Is(err, io.EOF) {
			made.End = true
			return made
		}
		if err != nil {
			made.Error = explain(err)
			return made
		}
		made.Words = append(made.Words, word{Text: received.Text, Number: received.Number})
	}
	return made
}

func ends(err error) outcome {
	if err != nil {
		return outcome{Error: explain(err)}
	}
	return outcome{}
}
