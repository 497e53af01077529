package main

import (
	"context"
	"errors"
	"io"
	"strings"
	"sync"
	"time"

	"github.com/bytedance/gopkg/cloud/metainfo"
	"github.com/cloudwego/kitex/pkg/kerrors"
	"github.com/cloudwego/kitex/pkg/streaming"

	"kitexgen.test/peers/kitex_gen/streams"
)

// streamsHandler does what the comments of streams.thrift say.
type streamsHandler struct {
	mutex sync.Mutex
	over  map[string]chan string
}

func newStreamsHandler() *streamsHandler {
	return &streamsHandler{over: map[string]chan string{}}
}

func (handler *streamsHandler) Download(
	ctx context.Context, request *streams.Word, stream streams.Streams_downloadServer,
) error {
	switch request.Text {
	case "count":
		for number := int32(0); number < request.Number; number++ {
			if err := stream.Send(ctx, &streams.Word{Text: "count", Number: number}); err != nil {
				return err
			}
		}
		return nil
	case "told":
		tenant, _ := metainfo.GetPersistentValue(ctx, "tenant")
		if err := stream.SetHeader(streaming.Header{"node": "seven"}); err != nil {
			return err
		}
		if err := stream.SetTrailer(streaming.Trailer{"rows": "1"}); err != nil {
			return err
		}
		return stream.Send(ctx, &streams.Word{Text: tenant})
	case "fail":
		if err := stream.Send(ctx, request); err != nil {
			return err
		}
	case "declared":
		return &streams.Denied{Why: "declared"}
	}
	if err := ending(request.Text); err != nil {
		return err
	}
	for number := int32(0); ; number++ {
		if err := stream.Send(ctx, &streams.Word{Text: request.Text, Number: number}); err != nil {
			handler.of(request.Text) <- err.Error()
			return err
		}
		select {
		case <-ctx.Done():
			handler.of(request.Text) <- ctx.Err().Error()
			return ctx.Err()
		case <-time.After(time.Millisecond):
		}
	}
}

func (*streamsHandler) Upload(ctx context.Context, stream streams.Streams_uploadServer) error {
	var texts []string
	var sum int32
	for {
		word, err := stream.Recv(ctx)
		if err != nil && !errors.Is(err, io.EOF) {
			return err
		}
		if err != nil || word.Text == "enough" {
			return stream.SendAndClose(ctx, &streams.Word{Text: strings.Join(texts, ","), Number: sum})
		}
		texts, sum = append(texts, word.Text), sum+word.Number
	}
}

func (handler *streamsHandler) Talk(ctx context.Context, stream streams.Streams_talkServer) error {
	waits := false
	for {
		word, err := stream.Recv(ctx)
		if err != nil {
			if waits {
				handler.of("wait") <- err.Error()
			}
			if errors.Is(err, io.EOF) {
				return nil
			}
			return err
		}
		if err := ending(word.Text); err != nil {
			return err
		}
		if word.Text == "wait" {
			waits = true
			continue
		}
		if err := stream.Send(ctx, &streams.Word{Text: word.Text, Number: word.Number + 1}); err != nil {
			return err
		}
	}
}

func (*streamsHandler) Once(_ context.Context, word *streams.Word) (*streams.Word, error) {
	return &streams.Word{Text: word.Text, Number: word.Number + 1}, nil
}

func (handler *streamsHandler) Ended(_ context.Context, name string, milliseconds int32) (string, error) {
	select {
	case why := <-handler.of(name):
		return why, nil
	case <-time.After(time.Duration(milliseconds) * time.Millisecond):
		return "", nil
	}
}

// of gives the channel on which the end of streams of that name is told.
func (handler *streamsHandler) of(name string) chan string {
	handler.mutex.Lock()
	defer handler.mutex.Unlock()
	if _, known := handler.over[name]; !known {
		handler.over[name] = make(chan string, 16)
	}
	return handler.over[name]
}

func ending(text string) error {
	switch text {
	case "fail":
		return errors.New("stream failure")
	case "biz":
		return kerrors.NewBizStatusErrorWithExtra(1001, "no money", map[string]string{"k": "v<1>"})
	case "panic":
		panic("kaboom")
	}
	return nil
}
