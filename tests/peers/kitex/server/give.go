package main

import (
	"context"

	"kitexgen.test/peers/kitex_gen/probe"
)

// giver has the methods that give back what they get: Go decodes the value and encodes it again.
type giver struct{}

func (giver) GiveBool(_ context.Context, value bool) (bool, error)                { return value, nil }
func (giver) GiveByte(_ context.Context, value int8) (int8, error)                { return value, nil }
func (giver) GiveI16(_ context.Context, value int16) (int16, error)               { return value, nil }
func (giver) GiveI32(_ context.Context, value int32) (int32, error)               { return value, nil }
func (giver) GiveI64(_ context.Context, value int64) (int64, error)               { return value, nil }
func (giver) GiveDouble(_ context.Context, value float64) (float64, error)        { return value, nil }
func (giver) GiveString(_ context.Context, value string) (string, error)          { return value, nil }
func (giver) GiveBinary(_ context.Context, value []byte) ([]byte, error)          { return value, nil }
func (giver) GiveSet(_ context.Context, value []int32) ([]int32, error)           { return value, nil }
func (giver) GiveWords(_ context.Context, value probe.Words) (probe.Words, error) { return value, nil }
func (giver) GiveLevel(_ context.Context, value probe.Level) (probe.Level, error) { return value, nil }

func (giver) GiveMap(_ context.Context, value map[string]int64) (map[string]int64, error) {
	return value, nil
}

func (giver) GiveScalars(_ context.Context, value *probe.Scalars) (*probe.Scalars, error) {
	return value, nil
}

func (giver) GiveContainers(_ context.Context, value *probe.Containers) (*probe.Containers, error) {
	return value, nil
}

func (giver) GiveOptions(_ context.Context, value *probe.Options) (*probe.Options, error) {
	return value, nil
}

func (giver) GiveShape(_ context.Context, value *probe.Shape) (*probe.Shape, error) {
	return value, nil
}
func (giver) GiveNode(_ context.Context, value *probe.Node) (*probe.Node, error) { return value, nil }
