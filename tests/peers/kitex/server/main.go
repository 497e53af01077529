// A Kitex server for tests: every service of echo.thrift, probe.thrift, streams.thrift and messages.proto on one port.
//
// It prints one JSON line, {"address": "127.0.0.1:40000"}, as soon as connections are taken, and serves until its
// standard input ends, so that it never outlives the test that started it.
package main

import (
	"encoding/json"
	"flag"
	"io"
	"log"
	"net"
	"os"
	"time"

	"github.com/cloudwego/kitex/pkg/remote/codec"
	"github.com/cloudwego/kitex/pkg/rpcinfo"
	"github.com/cloudwego/kitex/pkg/transmeta"
	"github.com/cloudwego/kitex/server"

	"kitexgen.test/peers/kitex_gen/echo/echo"
	messagesservice "kitexgen.test/peers/kitex_gen/messages/messages"
	"kitexgen.test/peers/kitex_gen/probe/loudecho"
	"kitexgen.test/peers/kitex_gen/probe/probe"
	streamsservice "kitexgen.test/peers/kitex_gen/streams/streams"
)

type settings struct {
	network  string
	address  string
	plain    bool
	mux      bool
	crc32c   bool
	exitWait time.Duration
}

func main() {
	log.SetFlags(0)
	log.SetPrefix("kitex-server: ")
	var chosen settings
	flag.StringVar(&chosen.network, "network", "tcp", "tcp or unix")
	flag.StringVar(&chosen.address, "address", "127.0.0.1:0", "where to listen; port 0 takes a free one")
	flag.BoolVar(&chosen.plain, "plain", false, "leave out the TTHeader meta handler, as a Kitex server does by default")
	flag.BoolVar(&chosen.mux, "mux", false, "serve multiplexed connections (TTHeader only)")
	flag.BoolVar(&chosen.crc32c, "crc32c", false, "check and write payload checksums")
	flag.DurationVar(&chosen.exitWait, "exit-wait", time.Second, "how long to wait for running calls at the end")
	flag.Parse()
	if err := serve(chosen); err != nil {
		log.Fatal(err)
	}
}

func serve(chosen settings) error {
	listener, err := net.Listen(chosen.network, chosen.address)
	if err != nil {
		return err
	}
	serving := server.NewServer(options(chosen, listener)...)
	// Kitex takes handlers by pointer: it panics on a plain struct.
	for _, register := range []func() error{
		// LoudEcho has every method of Echo, and Kitex wants one of the two named for callers that name no service.
		func() error { return echo.RegisterService(serving, &echoHandler{}, server.WithFallbackService()) },
		func() error { return probe.RegisterService(serving, newProbeHandler()) },
		func() error { return streamsservice.RegisterService(serving, newStreamsHandler()) },
		func() error { return messagesservice.RegisterService(serving, &messagesHandler{}) },
		func() error { return loudecho.RegisterService(serving, &loudEchoHandler{}) },
	} {
		if err := register(); err != nil {
			return err
		}
	}
	stopped := make(chan error, 1)
	go func() { stopped <- serving.Run() }()
	// The listener is bound: whoever connects before Run accepts waits in the kernel's queue.
	if err := json.NewEncoder(os.Stdout).Encode(map[string]string{"address": listener.Addr().String()}); err != nil {
		return err
	}
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		stopped <- serving.Stop()
	}()
	return <-stopped
}

func options(chosen settings, listener net.Listener) []server.Option {
	chain := []server.Option{
		server.WithListener(listener),
		server.WithExitWaitTime(chosen.exitWait),
		server.WithServerBasicInfo(&rpcinfo.EndpointBasicInfo{ServiceName: serverName}),
	}
	if !chosen.plain {
		chain = append(chain, server.WithMetaHandler(transmeta.ServerTTHeaderHandler))
	}
	if chosen.mux {
		chain = append(chain, server.WithMuxTransport())
	}
	if chosen.crc32c {
		chain = append(chain, server.WithCodec(codec.NewDefaultCodecWithConfig(codec.CodecConfig{CRC32Check: true})))
	}
	return chain
}
