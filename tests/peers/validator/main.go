// Reads Accounts in Thrift Binary, one in hex a line, and says of each what thrift-gen-validator's code says.
package main

import (
	"bufio"
	"encoding/hex"
	"fmt"
	"os"

	"example.com/validated/gen-go/demo"
	"github.com/apache/thrift/lib/go/thrift"
)

func verdict(line string) string {
	data, err := hex.DecodeString(line)
	if err != nil {
		return fmt.Sprintf("unreadable %q", err)
	}
	buffer := thrift.NewTMemoryBuffer()
	buffer.Write(data)
	account := demo.NewAccount()
	if err := account.Read(thrift.NewTBinaryProtocolTransport(buffer)); err != nil {
		return fmt.Sprintf("unreadable %q", err)
	}
	if err := account.IsValid(); err != nil {
		return fmt.Sprintf("broken %q", err)
	}
	return "kept"
}

func main() {
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		fmt.Println(verdict(lines.Text()))
	}
}
