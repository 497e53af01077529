package main

import (
	"context"
	"errors"
	"io"
	"strings"

	"github.com/cloudwego/kitex/pkg/kerrors"

	"kitexgen.test/peers/kitex_gen/echo"
)

// echoHandler does what the comments of echo.thrift say; the texts are those of the golden vectors.
type echoHandler struct{}

func (echoHandler) Echo(_ context.Context, req *echo.Req) (*echo.Resp, error) {
	switch req.Msg {
	case "boom":
		return nil, &echo.Ex{Code: 7, Msg: "boom"}
	case "fail":
		return nil, errors.New("plain failure")
	case "biz":
		return nil, kerrors.NewBizStatusErrorWithExtra(1001, "no money", map[string]string{"k": "v<1>"})
	case "panic":
		panic("kaboom")
	}
	number := req.N
	return &echo.Resp{Msg: req.Msg, N: &number}, nil
}

func (echoHandler) Hello(_ context.Context, name string) (string, error) { return "hi " + name, nil }

func (echoHandler) Nop(context.Context) error { return nil }

func (echoHandler) Fire(context.Context, string) error { return nil }

func (echoHandler) Small(_ context.Context, req *echo.Small) (*echo.Small, error) {
	return &echo.Small{Msg: "re:" + req.Msg}, nil
}

func (echoHandler) Un(_ context.Context, req *echo.Small) (*echo.Small, error) {
	return &echo.Small{Msg: "re:" + req.Msg}, nil
}

func (handler echoHandler) Bidi(ctx context.Context, stream echo.Echo_bidiServer) error {
	for {
		req, err := stream.Recv(ctx)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		answer, err := handler.Small(ctx, req)
		if err != nil {
			return err
		}
		if err := stream.Send(ctx, answer); err != nil {
			return err
		}
	}
}

// loudEchoHandler serves the service that extends Echo.
type loudEchoHandler struct{ echoHandler }

func (loudEchoHandler) Shout(_ context.Context, text string) (string, error) {
	return strings.ToUpper(text), nil
}
