// Starts the panel: its styles, its data cache, its frame.
import "./font/latin";
import "./font/others.css";
import "./base.css";
import "./tokens.css";
import "./kit.css";
import "./app.css";
import { QueryClientProvider } from "@tanstack/react-query";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./App";
import { firstPage } from "./pages";
import { queries, quiet } from "./queries";
import { storeQuery } from "./store";

const PATIENCE = 500; // ms: an answer that takes longer is shown as coming

const draw = () =>
  createRoot(document.getElementById("root")!).render(
    <StrictMode>
      <QueryClientProvider client={queries}>
        <App />
      </QueryClientProvider>
    </StrictMode>,
  );

// What the server wrote stays until there is more to show: drawing twice takes longer than once.
void queries.prefetchQuery(storeQuery);
void firstPage.then(() => quiet(PATIENCE)).then(draw);
