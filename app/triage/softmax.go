package triage

// lesson is a text to learn from: its vector, how likely each class is (together 1) and how
// much it counts.
type lesson struct {
	vector
	target []float64
	weight float64
}

// softmax learns a weight for every feature and class (feature-major) and one for every class
// alone, such that the classes' likelihoods fit the lessons, while the weights stay near prior
// (nil: near 0): the strength of that pull is ridge. It is multinomial logistic regression by
// L-BFGS, always the same steps for the same lessons.
func softmax(lessons []lesson, features, classes int, ridge float64, prior []float64, steps int) []float64 {
	size := (features + 1) * classes
	w := make([]float64, size)
	copy(w, prior)
	gradient := make([]float64, size)
	loss := func(w, g []float64) float64 {
		clear(g)
		sum := 0.0
		p := make([]float64, classes)
		for i := range lessons {
			l := &lessons[i]
			scores(w, l.vector, features, p)
			likely(p)
			for k := range p {
				if l.target[k] > 0 {
					sum -= float64(float64(l.weight*l.target[k]) * ln(max(p[k], 1e-300)))
				}
				p[k] = float64(l.weight * (p[k] - l.target[k]))
			}
			for j, at := range l.at {
				add(g[int(at)*classes:(int(at)+1)*classes], p, l.x[j])
			}
			add(g[features*classes:], p, 1)
		}
		for i := range features * classes { // the classes' own weights are free
			d := w[i]
			if prior != nil {
				d -= prior[i]
			}
			sum += float64(float64(0.5*ridge) * float64(d*d))
			g[i] += float64(ridge * d)
		}
		return sum
	}
	const memory = 7
	var past []step
	next, nextGradient, direction := make([]float64, size), make([]float64, size), make([]float64, size)
	now := loss(w, gradient)
	for range steps {
		descend(direction, gradient, past)
		slope := dot(direction, gradient)
		if slope >= 0 {
			break
		}
		length := 1.0
		if len(past) == 0 {
			length = 1 / max(1, sqrt(dot(gradient, gradient)))
		}
		then, ok := 0.0, false
		for range 25 {
			for i := range next {
				next[i] = w[i] + float64(length*direction[i])
			}
			then = loss(next, nextGradient)
			if then <= now+float64(float64(1e-4*length)*slope) {
				ok = true
				break
			}
			length /= 2
		}
		if !ok || now-then < 1e-5*now {
			if ok {
				copy(w, next)
			}
			break
		}
		var s step
		if len(past) == memory {
			s, past = past[0], past[1:]
		} else {
			s = step{move: make([]float64, size), turn: make([]float64, size)}
		}
		for i := range s.move {
			s.move[i] = next[i] - w[i]
			s.turn[i] = nextGradient[i] - gradient[i]
		}
		if s.both = dot(s.move, s.turn); s.both > 1e-12 {
			past = append(past, s)
		}
		copy(w, next)
		copy(gradient, nextGradient)
		now = then
	}
	return w
}

// step is a step taken: how the weights moved, how the gradient turned, and their product.
type step struct {
	move, turn []float64
	both       float64
}

// descend puts into direction where L-BFGS goes next.
func descend(direction, gradient []float64, past []step) {
	for i, g := range gradient {
		direction[i] = -g
	}
	if len(past) == 0 {
		return
	}
	alpha := make([]float64, len(past))
	for i := len(past) - 1; i >= 0; i-- {
		alpha[i] = dot(past[i].move, direction) / past[i].both
		add(direction, past[i].turn, -alpha[i])
	}
	last := past[len(past)-1]
	scale := last.both / dot(last.turn, last.turn)
	for i := range direction {
		direction[i] *= scale
	}
	for i, s := range past {
		beta := dot(s.turn, direction) / s.both
		add(direction, s.move, alpha[i]-beta)
	}
}

func dot(a, b []float64) float64 {
	b = b[:len(a)]
	sum := 0.0
	for i, x := range a {
		sum += float64(x * b[i])
	}
	return sum
}

// add adds b, so many times, to a.
func add(a, b []float64, by float64) {
	a = a[:len(b)]
	for i, x := range b {
		a[i] += float64(by * x)
	}
}

// scores puts the classes' scores for v into p.
func scores(w []float64, v vector, features int, p []float64) {
	classes := len(p)
	copy(p, w[features*classes:])
	for j, at := range v.at {
		add(p, w[int(at)*classes:(int(at)+1)*classes], v.x[j])
	}
}

// likely turns scores into likelihoods and gives the likeliest.
func likely(p []float64) int {
	best := 0
	for k := range p {
		if p[k] > p[best] {
			best = k
		}
	}
	high, sum := p[best], 0.0
	for k := range p {
		p[k] = exp(p[k] - high)
		sum += p[k]
	}
	for k := range p {
		p[k] /= sum
	}
	return best
}
