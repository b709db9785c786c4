// Stands in for go.exe where only the process matters: what it is given, how it ends, and what
// happens to it. It is compiled by a real Go, so that it splits its command line as Go does.
package main

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"sort"
	"strconv"
	"strings"
	"syscall"
	"time"
	"unsafe"
)

func main() {
	command := ""
	if len(os.Args) > 1 {
		command = os.Args[1]
	}
	switch command {
	case "exit": // N: ends with this code, all 32 bits of it
		code, err := strconv.ParseUint(os.Args[2], 0, 32)
		check(err)
		syscall.ExitProcess(uint32(code))
	case "copy":
		n, err := io.Copy(os.Stdout, os.Stdin)
		check(err)
		fmt.Fprintln(os.Stderr, n)
	case "wait": // until there is no more input
		fmt.Println("ready")
		io.Copy(io.Discard, os.Stdin)
	case "leave": // FILE: something that writes FILE after this has ended
		self, err := os.Executable()
		check(err)
		check(exec.Command(self, "late", os.Args[2]).Start())
	case "late":
		time.Sleep(2 * time.Second)
		check(os.WriteFile(os.Args[2], []byte("late\n"), 0o644))
	case "interrupted": // ends with 42 upon Ctrl-C or Ctrl-Break
		events := make(chan os.Signal, 1)
		signal.Notify(events, os.Interrupt)
		fmt.Println("ready")
		select {
		case <-events:
			time.Sleep(500 * time.Millisecond)
			os.Exit(42)
		case <-time.After(20 * time.Second):
			os.Exit(43)
		}
	case "interrupt": // PROGRAM: the above in PROGRAM, a Ctrl-Break, and its code
		interrupt(os.Args[2])
	case "lend": // FILE PROGRAM: PROGRAM writes to FILE by a handle that is no standard stream
		lend(os.Args[2], os.Args[3])
	case "lent": // N: writes to the handle N
		handle, err := strconv.ParseUint(os.Args[2], 0, 64)
		check(err)
		_, err = os.NewFile(uintptr(handle), "lent").WriteString("by the handle\n")
		check(err)
	default:
		report()
	}
}

func lend(path, program string) {
	file, err := os.Create(path)
	check(err)
	handle := syscall.Handle(file.Fd())
	check(syscall.SetHandleInformation(handle, syscall.HANDLE_FLAG_INHERIT, syscall.HANDLE_FLAG_INHERIT))
	child := exec.Command(program, "lent", fmt.Sprint(uint64(handle)))
	child.Stderr = os.Stderr
	child.SysProcAttr = &syscall.SysProcAttr{AdditionalInheritedHandles: []syscall.Handle{handle}}
	check(child.Run())
}

func report() {
	line := syscall.GetCommandLine()
	length := 0
	for *(*uint16)(unsafe.Add(unsafe.Pointer(line), 2*length)) != 0 {
		length++
	}
	raw := unsafe.Slice(line, length)
	fmt.Printf("line %q\n", syscall.UTF16ToString(raw))
	fmt.Printf("units %x\n", raw)
	for _, arg := range os.Args {
		fmt.Printf("arg %q\n", arg)
	}
	dir, err := os.Getwd()
	fmt.Println("dir", dir, err)
	variables := os.Environ()
	sort.Strings(variables)
	for _, variable := range variables {
		// The system's own, for each drive, have names that begin so.
		if !strings.HasPrefix(variable, "=") {
			fmt.Printf("env %q\n", variable)
		}
	}
}

func interrupt(program string) {
	kernel32 := syscall.NewLazyDLL("kernel32.dll")
	// Events go to those who share a console. Where there is one already, this does nothing.
	kernel32.NewProc("AllocConsole").Call()
	child := exec.Command(program, "interrupted")
	child.SysProcAttr = &syscall.SysProcAttr{CreationFlags: syscall.CREATE_NEW_PROCESS_GROUP}
	output, err := child.StdoutPipe()
	check(err)
	check(child.Start())
	_, err = io.ReadFull(output, make([]byte, len("ready\n")))
	check(err)
	send := kernel32.NewProc("GenerateConsoleCtrlEvent")
	if done, _, err := send.Call(syscall.CTRL_BREAK_EVENT, uintptr(child.Process.Pid)); done == 0 {
		fmt.Println("no console:", err)
	}
	child.Wait()
	fmt.Println(child.ProcessState.ExitCode())
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(9)
	}
}
