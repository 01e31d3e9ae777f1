package triage

// bayes is complement naive Bayes on the same lessons: for each feature and class (as in
// softmax) how much less it speaks for all other classes together than for any; small
// corpora suit it. Rows are brought to length 1 a class, so long classes weigh no more.
func bayes(lessons []lesson, features, classes int, smooth float64) []float64 {
	w := make([]float64, (features+1)*classes)
	total := make([]float64, features)
	own := make([]float64, features*classes)
	for i := range lessons {
		l := &lessons[i]
		for j, at := range l.at {
			x := float64(l.weight * l.x[j])
			total[at] += x
			for k := range classes {
				own[int(at)*classes+k] += float64(x * l.target[k])
			}
		}
	}
	for k := range classes {
		sum := 0.0
		for f := range features {
			sum += total[f] - own[f*classes+k] + smooth
		}
		length := 0.0
		for f := range features {
			x := -ln((total[f] - own[f*classes+k] + smooth) / sum)
			w[f*classes+k] = x
			length += float64(x * x)
		}
		length = sqrt(length)
		for f := range features {
			w[f*classes+k] /= length
		}
	}
	for f := range features { // what speaks for all alike says nothing
		row := w[f*classes : (f+1)*classes]
		mean := 0.0
		for _, x := range row {
			mean += x
		}
		mean /= float64(classes)
		for k := range row {
			row[k] -= mean
		}
	}
	return w
}
