/**
 * Tells this site the address as soon as it is typed into the classic checkout, with the box beside it.
 */
( function () {
	'use strict';
	var door = window.repriseCheckout;
	var told = '';

	function tell() {
		var email = document.getElementById( 'billing_email' );
		var box = document.getElementById( 'reprise_optin' );
		if ( ! email || ! email.value || ! email.validity.valid ) {
			return;
		}
		var body = new URLSearchParams( {
			nonce: door.nonce,
			email: email.value,
			optin: box && box.checked ? '1' : '',
		} );
		if ( told === body.toString() ) {
			return;
		}
		told = body.toString();
		window.fetch( door.url, { method: 'POST', body: body, credentials: 'same-origin', keepalive: true } ).catch( function () {} );
	}

	document.addEventListener( 'focusout', function ( event ) {
		if ( event.target.id === 'billing_email' ) {
			tell();
		}
	} );
	document.addEventListener( 'change', function ( event ) {
		if ( event.target.id === 'reprise_optin' || event.target.id === 'billing_email' ) {
			tell();
		}
	} );
} )();
