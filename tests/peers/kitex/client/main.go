// A Kitex client for tests, driven over a pipe: it reads one call a line from standard input, makes it, and prints one
// answer a line, in the order in which calls end. Calls run at the same time; `id` tells answers apart.
// What a line holds: the types call and answer.
package main

import (
	"bufio"
	"encoding/json"
	"io"
	"log"
	"os"
	"sync"
)

// maxLine bounds one call, in bytes: 16 MiB of payload in base64 and room for the rest.
const maxLine = 64 << 20

func main() {
	log.SetFlags(0)
	log.SetPrefix("kitex-client: ")
	if err := run(os.Stdin, os.Stdout); err != nil {
		log.Fatal(err)
	}
}

func run(in io.Reader, out io.Writer) error {
	lines := bufio.NewScanner(in)
	lines.Buffer(nil, maxLine)
	callers := newCallers()
	answers := answerWriter{encoder: json.NewEncoder(out)}
	var running sync.WaitGroup
	for lines.Scan() {
		var wanted call
		if err := json.Unmarshal(lines.Bytes(), &wanted); err != nil {
			return err
		}
		running.Add(1)
		go func() {
			defer running.Done()
			answers.write(callers.make(wanted))
		}()
	}
	running.Wait()
	return lines.Err()
}

type answerWriter struct {
	mutex   sync.Mutex
	encoder *json.Encoder
}

func (writer *answerWriter) write(made answer) {
	writer.mutex.Lock()
	defer writer.mutex.Unlock()
	if err := writer.encoder.Encode(made); err != nil {
		log.Fatal(err) // nobody reads us any more, or the answer cannot be told: either way no call can succeed
	}
}
