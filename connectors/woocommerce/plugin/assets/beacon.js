/**
 * Tells this site, and nobody else, what a known visitor looks at, once the consent banner allows it.
 */
( function () {
	'use strict';
	var visit = window.repriseVisit;
	if ( ! visit || ! navigator.sendBeacon ) {
		return;
	}
	var isTold = false;

	function mayTell() {
		var isKnown = ( '; ' + document.cookie ).indexOf( '; ' + visit.cookie + '=' ) >= 0;
		return isKnown && ( ! window.wp_has_consent || window.wp_has_consent( 'marketing' ) );
	}

	function tell() {
		if ( ! isTold && mayTell() ) {
			isTold = true;
			navigator.sendBeacon(
				visit.url,
				new Blob( [ JSON.stringify( { kind: visit.kind, id: visit.id } ) ], { type: 'text/plain' } )
			);
		}
	}

	tell();
	document.addEventListener( 'wp_listen_for_consent_change', tell );
} )();
