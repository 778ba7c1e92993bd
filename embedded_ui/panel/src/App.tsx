// The frame around every page: navigation, the store, and what is said when nobody is signed in.
import { useQuery } from "@tanstack/react-query";
import { Suspense, useEffect, useState } from "react";
import { Link, Route, Switch, useLocation } from "wouter";
import { api } from "./api";
import { isEmbedded } from "./early";
import { pages } from "./pages";
import { headingAt, isAt, PLACES } from "./places";
import { to } from "./place";
import { StoreProvider, storeQuery } from "./store";
import { strings } from "./strings";
import type { Store, Unread } from "./types";
import { Broken } from "./ui/Broken";
import { Notice } from "./ui/states";
import { Toast } from "./ui/Toast";
import { PageSkeleton } from "./ui/Skeleton";
import { useOpenInSight } from "./ui/useOpenInSight";

export function App() {
  const [here] = useLocation();
  const [places] = useState(pages);
  return (
    <>
      {isEmbedded() ? <AdminNav /> : <OwnNav />}
      <StoreProvider>
        <Broken place={here}>
          <Suspense fallback={<PageSkeleton />}>
            <Switch>
              {places.map(([path, page]) => (
                <Route key={path} path={path} component={page} />
              ))}
              <Route>
                <Notice title={strings.error.notFound} />
              </Route>
            </Switch>
          </Suspense>
        </Broken>
      </StoreProvider>
      <TitleKeeper />
      {!isEmbedded() && <Toast />}
    </>
  );
}

/** The admin draws these links itself, under the app's name. */
function AdminNav() {
  const inbox = useInboxLabel();
  return (
    <s-app-nav>
      <Link href={to("")} rel="home">
        {strings.app}
      </Link>
      {PLACES.map(([path, label]) => (
        <Link key={path} href={to(path)}>
          {path === "/inbox" ? inbox : label}
        </Link>
      ))}
    </s-app-nav>
  );
}

function OwnNav() {
  const inbox = useInboxLabel();
  const [here] = useLocation();
  const bar = useOpenInSight(here);
  return (
    <nav ref={bar} className="topnav" aria-label={strings.nav.label}>
      <b className="logo">{strings.app}</b>
      {PLACES.map(([path, label]) => (
        <Link key={path} href={to(path)} aria-current={isAt(here, path) ? "page" : undefined}>
          {path === "/inbox" ? inbox : label}
        </Link>
      ))}
    </nav>
  );
}

/** Say how many conversations hold something unread, once it is known whose panel this is. */
function useInboxLabel() {
  const { data: store } = useQuery<Store>({ ...storeQuery, enabled: false });
  const { data } = useQuery({
    queryKey: ["unread"],
    queryFn: () => api<Unread>("/conversations/unread"),
    enabled: Boolean(store),
    refetchInterval: 15_000,
  });
  if (!data?.unread) return strings.nav.inbox;
  return strings.nav.inboxUnread(data.more ? `${data.unread}+` : `${data.unread}`);
}

/** Puts the page's heading into the window's title, and the focus to the page's top. */
function TitleKeeper() {
  const [here] = useLocation();
  useEffect(() => {
    const heading = headingAt(here);
    if (heading) document.title = `${heading} · ${strings.app}`;
    window.scrollTo(0, 0);
  }, [here]);
  return null;
}
