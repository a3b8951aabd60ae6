// Answers questions about robfig/cron, the library that kube-controller-manager and the API server of Kubernetes use.
// Each line of standard input is one question, its words separated by tabs; each line of standard output one answer in
// JSON:
//
//	next EXPRESSION ZONE FROM COUNT   the next COUNT instants after FROM (Unix seconds), each asked from the one before,
//	                                  as the controller does; fewer when there are no more; {"error": …} when refused;
//	                                  "endless" when the library does not come back
//	zone NAME                         {"error": …} when no such zone can be loaded, else true
//	zones                             the names of all zones and links
//	offset ZONE INSTANT               seconds east of UTC at INSTANT (Unix seconds)
package main

import (
	"archive/zip"
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"
	_ "time/tzdata"

	"github.com/robfig/cron/v3"
)

// Four hundred occurrences take a millisecond.
const patience = 3 * time.Second

func main() {
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, 1<<20)
	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	answers := json.NewEncoder(out)
	for lines.Scan() {
		answer, err := answer(strings.Split(lines.Text(), "\t"))
		if err != nil {
			answer = map[string]string{"error": err.Error()}
		}
		if err := answers.Encode(answer); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
	if err := lines.Err(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func answer(words []string) (any, error) {
	switch {
	case len(words) == 5 && words[0] == "next":
		from, err := strconv.ParseInt(words[3], 10, 64)
		if err != nil {
			return nil, err
		}
		count, err := strconv.Atoi(words[4])
		if err != nil {
			return nil, err
		}
		return next(words[1], words[2], from, count)
	case len(words) == 2 && words[0] == "zone":
		_, err := time.LoadLocation(words[1])
		return err == nil, err
	case len(words) == 1 && words[0] == "zones":
		return zones()
	case len(words) == 3 && words[0] == "offset":
		instant, err := strconv.ParseInt(words[2], 10, 64)
		if err != nil {
			return nil, err
		}
		location, err := time.LoadLocation(words[1])
		if err != nil {
			return nil, err
		}
		_, offset := time.Unix(instant, 0).In(location).Zone()
		return offset, nil
	}
	return nil, fmt.Errorf("not a question: %q", words)
}

// The file of Go's own zone data is an archive of one file for each name.
func zones() (any, error) {
	archive, err := zip.OpenReader(os.Getenv("ZONEINFO"))
	if err != nil {
		return nil, err
	}
	defer archive.Close()
	names := []string{}
	for _, file := range archive.File {
		if !strings.HasSuffix(file.Name, "/") {
			names = append(names, file.Name)
		}
	}
	return names, nil
}

// The controller hands the zone over in the expression itself.
func next(expression, zone string, from int64, count int) (any, error) {
	schedule, err := cron.ParseStandard("TZ=" + zone + " " + expression)
	if err != nil {
		return nil, err
	}
	done := make(chan []int64, 1)
	go func() {
		found := []int64{}
		for at := schedule.Next(time.Unix(from, 0)); len(found) < count && !at.IsZero(); at = schedule.Next(at) {
			found = append(found, at.Unix())
		}
		done <- found
	}()
	select {
	case found := <-done:
		return found, nil
	case <-time.After(patience):
		// The goroutine goes on for ever; it ends with the program.
		return "endless", nil
	}
}
