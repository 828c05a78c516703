import { showPage } from "./page.ts";
import { serve } from "./unit-worker.ts";

// one program, for the page and for its workers: it lies in the page once
if (typeof document === "undefined") serve();
else setTimeout(showPage); // a task of its own: the program was just compiled in this one
